//! Every mistake that an author can make, and the whole text that `pandu check` answers with.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use insta::assert_snapshot;
use tests::fixture::Fixture;

const GUIDE: &str = "email/hp.md";
const PROFILE: &str = "instansi.toml";
/// The shared guide, and the agency's page that takes it over.
const SHARED: &str = "content/bersama/tte/aktivasi.md";
const ADOPTED: &str = "tte/aktivasi.md";
/// Where the theme's colours stand.
const TOKENS: &str = "themes/dinas/styles/tokens.css";
const STATUSES: &str = "content/bersama/status.toml";

/// A mistake in the guide: one piece of it replaced.
fn guide(from: &str, to: &str) -> String {
    Fixture::sound().replace(GUIDE, from, to).mistakes()
}

/// A mistake in what is added to the guide.
fn added(text: &str) -> String {
    Fixture::sound().append(GUIDE, text).mistakes()
}

/// A mistake in the front matter of a page that takes over a shared guide.
fn adopted(from: &str, to: &str) -> String {
    Fixture::sound().replace(ADOPTED, from, to).mistakes()
}

/// A mistake in what such a page changes.
fn changed(text: &str) -> String {
    Fixture::sound()
        .append(ADOPTED, &format!("\n{text}"))
        .mistakes()
}

/// A mistake in what is added to the profile.
fn added_to_profile(text: &str) -> String {
    Fixture::sound()
        .append(PROFILE, &format!("\n{text}"))
        .mistakes()
}

/// A mistake in the profile.
fn profile(from: &str, to: &str) -> String {
    Fixture::sound().replace(PROFILE, from, to).mistakes()
}

#[test]
fn a_sound_project_passes() {
    let output = Fixture::sound().check(&["--strict"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "10 pages checked, no mistake\n"
    );
    assert!(output.status.success());
}

#[test]
fn front_matter_unknown_key() {
    assert_snapshot!(guide("menit = 5", "menitt = 5"));
}

#[test]
fn front_matter_missing_key() {
    assert_snapshot!(guide("ringkasan = \"Baca email dinas di HP Anda.\"\n", ""));
}

#[test]
fn front_matter_missing_source() {
    assert_snapshot!(guide(
        "sumber = [{ dokumen = \"juknis\", bagian = \"Bab 2\" }]\n",
        ""
    ));
}

#[test]
fn front_matter_wrong_type() {
    assert_snapshot!(guide("menit = 5", "menit = \"lima\""));
}

#[test]
fn front_matter_bad_kind() {
    assert_snapshot!(guide("menit = 5", "jenis = \"panduann\""));
}

#[test]
fn front_matter_absent() {
    assert_snapshot!(guide("+++\njudul", "judul"));
}

#[test]
fn toml_syntax() {
    assert_snapshot!(guide(
        "judul = \"Pasang email di HP\"",
        "judul = \"Pasang email di HP"
    ));
}

#[test]
fn undefined_fact() {
    assert_snapshot!(guide("{{ email.imap.port }}", "{{ email.imap.prot }}"));
}

#[test]
fn undefined_fact_in_front_matter() {
    assert_snapshot!(guide(
        "\"Baca email dinas di HP Anda.\"",
        "\"Baca {{ layananan }} di HP Anda.\""
    ));
}

#[test]
fn fact_that_is_a_group() {
    assert_snapshot!(guide("{{ email.imap.port }}", "{{ email.imap }}"));
}

#[test]
fn fact_that_is_no_expression() {
    assert_snapshot!(guide("{{ email.imap.port }}", "{{ email..imap + }}"));
}

#[test]
fn fact_whose_braces_do_not_close() {
    assert_snapshot!(added(
        "\nServer {{ email.imap.host, port {{ email.imap.port\n}} dan {{a}}.\n"
    ));
}

#[test]
fn nesting_too_deep() {
    let quotes = format!("\n{}teks\n", ">".repeat(20_000));
    let blocks = format!(
        "\n{}{}",
        "::: info A\n".repeat(5_000),
        ":::\n".repeat(5_000)
    );
    let emphasis = format!("\n{}teks{}\n", "*a ".repeat(3_000), "*".repeat(3_000));
    for text in [quotes, blocks, emphasis] {
        let mistakes = added(&text);
        assert!(
            mistakes.contains("error[nesting]: blocks stand too deep in each other here"),
            "{}",
            &mistakes[..500]
        );
    }
}

#[cfg(unix)]
#[test]
fn files_that_are_not_read() {
    let fixture = Fixture::sound()
        .write("email/LAIN.MD", "+++\njudul = \"x\"\n+++\n")
        .write("email/catatan.txt", "x")
        .write("email/folder.md/.gitkeep", "");
    std::os::unix::fs::symlink("tidak-ada.md", fixture.guide("email/putus.md")).unwrap();
    std::os::unix::fs::symlink("hp.md", fixture.guide("email/tautan.md")).unwrap();
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn dead_link() {
    assert_snapshot!(guide("(/index.md)", "(../emial/hp.md)"));
}

#[test]
fn dead_anchor_on_another_page() {
    assert_snapshot!(
        Fixture::sound()
            .append("index.md", "\n[Langkah](email/hp.md#langka)\n")
            .mistakes()
    );
}

#[test]
fn dead_anchor_on_the_same_page() {
    assert_snapshot!(guide("(#setelan)", "(#stelan)"));
}

#[test]
fn link_with_a_scheme_that_is_not_allowed() {
    assert_snapshot!(guide("(/index.md)", "(javascript:alert)"));
}

#[test]
fn duplicate_url() {
    let text = "+++\njudul = \"HP\"\nringkasan = \"HP.\"\njenis = \"topik\"\n+++\n";
    assert_snapshot!(Fixture::sound().write("email/hp/index.md", text).mistakes());
}

#[test]
fn missing_image() {
    assert_snapshot!(added("\n![Kotak masuk](kotak.png)\n"));
}

#[test]
fn missing_alternative_text() {
    assert_snapshot!(
        Fixture::sound()
            .write("email/kotak.png", b"")
            .append(GUIDE, "\n![](kotak.png)\n")
            .mistakes()
    );
}

#[test]
fn heading_level_skipped() {
    assert_snapshot!(guide("### Bila gagal", "#### Bila gagal"));
}

#[test]
fn heading_of_level_one() {
    assert_snapshot!(guide("## Setelan", "# Setelan"));
}

#[test]
fn heading_id_twice() {
    assert_snapshot!(added("\n## Lain {#setelan}\n"));
}

#[test]
fn unknown_block() {
    assert_snapshot!(guide("::: setelan", "::: seteln"));
}

#[test]
fn unknown_attribute_of_a_block() {
    assert_snapshot!(guide("::: info Sudah", "::: info jenis=hp Sudah"));
}

#[test]
fn unknown_value_of_an_attribute() {
    assert_snapshot!(added(
        "\n::: layar jenis=tablet Layar\n1. **Server** x — y\n:::\n"
    ));
}

#[test]
fn block_not_closed() {
    assert_snapshot!(added("\n::: penting Ingat\nGanti kata sandi.\n"));
}

#[test]
fn block_closed_twice() {
    assert_snapshot!(added("\n::: kontak\n:::\n:::\n"));
}

#[test]
fn contents_that_blocks_refuse() {
    let blocks = [
        "::: langkah\nBukan daftar.\n:::",
        "::: langkah\n- Tanpa nomor\n:::",
        "::: setelan\n- Tanpa nilai\n:::",
        "::: pilihan\nBukan opsi.\n:::",
        "::: opsi Sendirian\nTeks.\n:::",
        "::: layar\n1. Tanpa huruf tebal\n:::",
        "::: masalah Tidak bisa masuk\n**Sebab:** salah.\n:::",
        "::: daftar-masalah\nTeks.\n:::",
        "::: cari-masalah\nTeks.\n:::",
        "::: daftar-status jenis=tte\nTeks.\n:::",
        "::: lembar-kendali\nTeks.\n:::",
        "::: kontak\nTeks.\n:::",
        "::: kartu\n- Tanpa tautan\n:::",
        "::: grafik Akun\n| a | b |\n|---|---|\n| x | banyak |\n| y | -5 |\n:::",
        "::: info\n:::",
        "::: grafik Akun\nBukan tabel.\n:::",
    ];
    assert_snapshot!(added(&format!("\n{}\n", blocks.join("\n\n"))));
}

#[test]
fn what_a_trainers_note_cannot_be() {
    let blocks = [
        "::: catatan Untuk pelatih\nTunggu.\n:::",
        "::: catatan id=tunggu\nTunggu.\n:::",
        "::: catatan nada=tegas\nTunggu.\n:::",
        "::: catatan\n:::",
        "::: catatan\n## Bagian\n:::",
        "::: catatan\n::: catatan\nDi dalam.\n:::\n:::",
        "::: catatan\n::: info\nDi dalam.\n:::\n:::",
    ];
    assert_snapshot!(added(&format!("\n{}\n", blocks.join("\n\n"))));
}

#[test]
fn checkers_that_the_profile_has_no_facts_for() {
    let fixture = Fixture::sound()
        .replace(PROFILE, "[periksa]\nemail = [\"nip\", \"nama\"]\ntte = [\"email\"]\nnrk_digit = 6\n\n[periksa.jam]\nhari = [\"senin\", \"selasa\"]\nbuka = \"08.00\"\ntutup = \"15.00\"\nintranet = [\"10.0.0.0/8\"]\n", "")
        .replace(PROFILE, "[passphrase]\nsumber = \"Juknis Kota Contoh\"\nminimal = 8\nwajib = [\"huruf besar\", \"angka\"]\n", "");
    let text =
        "\n::: periksa-email\nHubungi kami.\n:::\n\n::: uji-passphrase\nHubungi kami.\n:::\n";
    assert_snapshot!(fixture.append(GUIDE, text).mistakes());
}

#[test]
fn second_facts_that_cannot_be_demanded() {
    let facts = |from: &str, to: &str, facts: &str| {
        let fixture = Fixture::sound().replace(PROFILE, from, to);
        let digits = "nrk_digit = 6\n";
        let demanded = format!("{digits}butuh_fakta_kedua = {facts}\n");
        fixture.replace(PROFILE, digits, &demanded).mistakes()
    };
    let told = [
        facts("tte", "tte", "{ email = \"nik\", tte = \"nik5\" }"),
        facts("tte", "tte", "{ emial = \"nrk\" }"),
        facts("tte", "tte", "\"nik4\""),
        facts(
            "tte = [\"email\"]",
            "tte = [\"email\", \"nik\"]",
            "{ email = \"nip\", tte = \"nik4\" }",
        ),
    ];
    assert_snapshot!(told.join("\n"));
}

#[test]
fn raw_html() {
    assert_snapshot!(added("\n<div class=\"x\">\n\nTeks <b>tebal</b>.\n"));
}

#[test]
fn facts_typed_out() {
    assert_snapshot!(added(
        "\nServer imap.contoh.go.id, port 993, buka https://mail.contoh.go.id/ atau WA 0811 1111 2222.\nTulis nama@contoh.go.id. Ada 12.500 akun.\n"
    ));
}

#[test]
fn unknown_icon_and_document() {
    let fixture = Fixture::sound().replace(GUIDE, "ikon = \"phone\"", "ikon = \"phoen\"");
    assert_snapshot!(
        fixture
            .replace(GUIDE, "dokumen = \"juknis\"", "dokumen = \"jukniss\"")
            .mistakes()
    );
}

#[test]
fn profile_bad_port() {
    assert_snapshot!(profile("port = 993", "port = 99300"));
}

#[test]
fn profile_bad_hosts() {
    let fixture = Fixture::sound().replace(
        PROFILE,
        "host = \"imap.contoh.go.id\"",
        "host = \"https://imap.contoh.go.id\"",
    );
    assert_snapshot!(
        fixture
            .replace(
                PROFILE,
                "host = \"smtp.contoh.go.id\"",
                "host = \"smtp contoh\""
            )
            .mistakes()
    );
}

#[test]
fn profile_bad_url() {
    assert_snapshot!(profile("https://mail.contoh.go.id/", "mail.contoh.go.id"));
}

#[test]
fn profile_bad_phone() {
    assert_snapshot!(profile("0811-1111-2222", "021-555"));
}

#[test]
fn profile_bad_security() {
    assert_snapshot!(profile("keamanan = \"SSL/TLS\"", "keamanan = \"TLS\""));
}

#[test]
fn profile_unknown_key() {
    assert_snapshot!(profile(
        "layanan = \"Email Dinas\"",
        "layanan = \"Email Dinas\"\nlayanann = \"x\""
    ));
}

#[test]
fn profile_missing_table() {
    let fixture = Fixture::sound()
        .replace(PROFILE, "[kontak]\nnama = \"Layanan TIK\"\nemail = \"layanan@contoh.go.id\"\nwhatsapp = [\"0811-1111-2222\"]\n", "")
        .replace(PROFILE, "[kontak.meja.verifikator]\nnama = \"Verifikator TTE\"\nwhatsapp = [\"0811-2222-3333\"]\n", "");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn profile_colour_that_hides_text() {
    assert_snapshot!(profile("#0b5d4e", "#ffcc00"));
}

#[test]
fn profile_colour_that_hides_text_on_the_pattern_only() {
    // White stands well enough on the colour itself.
    assert_snapshot!(profile("#0b5d4e", "#2e7d32"));
}

#[test]
fn profile_colour_that_is_none() {
    assert_snapshot!(profile("#0b5d4e", "merah"));
}

#[test]
fn theme_colour_that_hides_text() {
    let fixture = Fixture::sound()
        .replace_in(TOKENS, "--muted: #5d5249", "--muted: #a09589")
        .replace_in(TOKENS, "--edge: #94877a", "--edge: #443c36");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn theme_pair_of_an_unknown_colour() {
    let pair = "\n[[edge]]\non = [\"paper\"]\nof = [\"inkk\", \"radius\"]\nleast = 2\n";
    let fixture = Fixture::sound().append_in("themes/dinas/contrast.toml", pair);
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn component_without_an_example() {
    let fixture = Fixture::sound()
        .write_in(
            "themes/dinas/components/lencana/template.html",
            "{# A badge. #}\n",
        )
        .write_in(
            "themes/dinas/components/pita/style.css",
            ".pita { color: red }\n",
        )
        .write_in("themes/dinas/components/pita/example.md", "Pita.\n");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn example_with_mistakes() {
    let folder = "themes/dinas/components";
    let example = "+++\nbutuh = [\"email\"]\nperlu = 1\n+++\n\n::: info id=langkah Lihat [ini](/tidak-ada.md)\nServer {{ email.impa.host }}.\n:::\n";
    let fixture = Fixture::sound()
        .write_in(&format!("{folder}/info/example.md"), example)
        .replace_in(
            &format!("{folder}/kartu/example.md"),
            "::: kartu",
            "::: kartuu",
        );
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn example_of_a_part_with_a_mistake() {
    let folder = "themes/dinas/components";
    let fixture = Fixture::sound()
        .replace_in(
            &format!("{folder}/pager/example.html"),
            "sides[0]",
            "side[0]",
        )
        .replace_in(
            &format!("{folder}/ways/template.html"),
            "desk.telepon",
            "dask.telepon",
        );
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn profile_everything_else_at_once() {
    let fixture = Fixture::sound()
        .replace(PROFILE, "\"WITA\"", "\"WIBB\"")
        .replace(
            PROFILE,
            "contoh = \"nama@contoh.go.id\"",
            "contoh = \"nama@lain.go.id\"",
        )
        .replace(
            PROFILE,
            "email = \"layanan@contoh.go.id\"",
            "email = \"layanan\"",
        )
        .replace(PROFILE, "[\"nip\", \"nama\"]", "[\"nip\", \"nam\"]")
        .replace(PROFILE, "nrk_digit = 6", "nrk_digit = 60")
        .replace(PROFILE, "\"10.0.0.0/8\"", "\"10.0.0.0/88\"")
        .replace(PROFILE, "minimal = 8", "minimal = 0");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn profile_bad_hours() {
    assert_snapshot!(profile("buka = \"08.00\"", "buka = \"16.00\""));
}

#[test]
fn site_file() {
    let fixture = Fixture::sound().replace_in("content/situs.toml", "https://petunjuk", "petunjuk");
    assert_snapshot!(
        fixture
            .replace_in(
                "content/situs.toml",
                "judul = \"Petunjuk Kota Contoh\"",
                "judul = \" \""
            )
            .mistakes()
    );
}

#[test]
fn front_matter_that_says_nothing() {
    let fixture = Fixture::sound()
        .replace(GUIDE, "menit = 5", "menit = -5")
        .replace(GUIDE, "\"Baca email dinas di HP Anda.\"", "\" \"");
    assert_snapshot!(
        fixture
            .replace(
                GUIDE,
                "[{ dokumen = \"juknis\", bagian = \"Bab 2\" }]",
                "[]"
            )
            .mistakes()
    );
}

#[test]
fn lines_that_look_like_fences() {
    assert_snapshot!(added(
        "\n> ::: info\n\n:::: info X\n\n:: info\n\n:::info X\n\n::: grafik jenis=\"ba Akun\n| a | b |\n|---|---|\n| x | 1 |\n:::\n"
    ));
}

#[test]
fn names_that_can_be_no_address() {
    let topic = "+++\njudul = \"Topik\"\nringkasan = \"Topik.\"\njenis = \"topik\"\n+++\n";
    let guide = std::fs::read_to_string(Fixture::sound().guide(GUIDE)).unwrap();
    let fixture = Fixture::sound()
        .write("email/Hallo Welt.md", &guide)
        .write("assets/index.md", topic)
        .write("lain/hp.md", &guide);
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn a_guide_as_new_made_it() {
    let fixture = Fixture::sound();
    let made = fixture.pandu(&["new", "panduan", "email/baru", "--instansi", "kota-contoh"]);
    assert!(made.status.success());
    let today = std::fs::read_to_string(fixture.guide("email/baru.md")).unwrap();
    let date = today
        .lines()
        .find_map(|line| line.strip_prefix("ditinjau = "))
        .unwrap()
        .to_owned();
    assert_snapshot!(fixture.mistakes().replace(&date, "2026-11-23"));
}

#[test]
fn a_checker_of_nothing() {
    let fixture = Fixture::sound().replace(PROFILE, "email = [\"nip\", \"nama\"]", "email = []");
    assert_snapshot!(
        fixture
            .append(GUIDE, "\n::: periksa-email\nHubungi kami.\n:::\n")
            .mistakes()
    );
}

#[test]
fn home_page_missing() {
    let fixture = Fixture::sound().replace("index.md", "jenis = \"beranda\"", "jenis = \"topik\"");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn template_error() {
    let fixture = Fixture::sound().replace_in(
        "themes/dinas/components/kontak/template.html",
        "{%",
        "{% iff %}{%",
    );
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn template_undefined_variable() {
    let fixture = Fixture::sound();
    let path = fixture
        .root()
        .join("themes/dinas/components/info/template.html");
    std::fs::write(path, "<p>{{ titel }}</p>\n").unwrap();
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn template_unknown_asset_and_icon() {
    let fixture = Fixture::sound();
    let folder = fixture.root().join("themes/dinas/components");
    std::fs::write(
        folder.join("info/template.html"),
        "{{ asset(\"salinn.js\").href }}\n",
    )
    .unwrap();
    std::fs::write(
        folder.join("kartu/template.html"),
        "{{ icon(\"rumah\") }}\n",
    )
    .unwrap();
    // The lists of known names follow the theme; what matters is that the names are there.
    let text = fixture.mistakes();
    assert!(
        text.contains("there is no asset `salinn.js`; assets are: admin.css, "),
        "{text}"
    );
    assert!(
        text.contains("there is no icon `rumah`; icons are: "),
        "{text}"
    );
    assert!(
        text.contains("themes/dinas/components/kartu/template.html:1:4"),
        "{text}"
    );
}

#[test]
fn style_error() {
    let fixture = Fixture::sound();
    std::fs::write(
        fixture.root().join("themes/dinas/site.css"),
        "@import \"styles/tokens.css\";\n@import \"hilang.css\";\n",
    )
    .unwrap();
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn all_mistakes_in_one_go() {
    let fixture = Fixture::sound()
        .replace(GUIDE, "menit = 5", "menitt = 5")
        .replace(GUIDE, "{{ email.imap.port }}", "{{ email.imap.prot }}")
        .replace(GUIDE, "(#setelan)", "(#stelan)")
        .replace("email/index.md", "Pilih panduan.", "Pilih <i>panduan</i>.")
        .append("index.md", "\n[Mati](mati.md)\n");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn a_file_that_is_not_utf8() {
    let fixture = Fixture::sound().write("email/ansi.md", b"+++\njudul = \"Caf\xe9\"\n");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn an_agency_that_is_not_there() {
    let output = Fixture::sound().pandu(&["check", "--instansi", "kota-lain"]);
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot!(String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_folder_without_content() {
    let empty = tempfile::tempdir().unwrap();
    let fixture = Fixture::sound();
    let output = fixture.pandu(&["check", "--project", empty.path().to_str().unwrap()]);
    let text =
        String::from_utf8_lossy(&output.stderr).replace(empty.path().to_str().unwrap(), "/empty");
    assert_snapshot!(text);
}

#[test]
fn shared_guide_needs_a_fact_that_the_profile_lacks() {
    let fixture = Fixture::sound().replace_in(
        SHARED,
        "Tautan tiba di",
        "Sebelum pukul {{ fakta.jam_verifikasi }}, tautan tiba di",
    );
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn shared_guide_leads_to_a_page_that_the_agency_lacks() {
    let fixture =
        Fixture::sound().replace_in(SHARED, "/bantuan/masalah.md", "/bantuan/jam-layanan.md");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn unknown_shared_guide() {
    assert_snapshot!(adopted(
        "dasar = \"tte/aktivasi.md\"",
        "dasar = \"tte/aktifasi.md\""
    ));
}

#[test]
fn page_of_a_shared_guide_without_what_is_its_own() {
    let text = "+++\ndasar = \"bantuan/masalah.md\"\n+++\n";
    assert_snapshot!(
        Fixture::sound()
            .write("bantuan/masalah.md", text)
            .mistakes()
    );
}

#[test]
fn text_outside_a_change() {
    assert_snapshot!(changed("Tunggu sampai pukul 08.00.\n\n## Lain\n"));
}

#[test]
fn change_of_an_unknown_block() {
    assert_snapshot!(changed(
        "::: ganti blok=buka-emial\n1. Buka webmail.\n:::\n"
    ));
}

#[test]
fn change_where_there_is_no_shared_guide() {
    assert_snapshot!(added("\n::: ganti blok=setelan\nSetelan baru.\n:::\n"));
}

#[test]
fn change_inside_another_block() {
    assert_snapshot!(changed(
        "::: ganti blok=pembuka\n::: hapus blok=otp\n:::\n:::\n"
    ));
}

#[test]
fn changes_that_do_not_say_what() {
    assert_snapshot!(changed(
        "::: ganti\nSetelan baru.\n:::\n\n::: sesudah blok=otp\n:::\n\n::: hapus blok=otp\nTeks.\n:::\n\n::: gnati blok=otp\nTeks.\n:::\n"
    ));
}

#[test]
fn step_changed_into_something_else() {
    assert_snapshot!(changed("::: ganti blok=data-diri\nIsi data diri.\n:::\n"));
}

#[test]
fn ids_twice_once_changed() {
    assert_snapshot!(changed(
        "::: sesudah blok=sesudah\n## Lain {#jika-gagal}\n\nTeks.\n:::\n\n::: sebelum blok=kirim\n1. Ambil foto. {#data-diri}\n:::\n"
    ));
}

#[test]
fn heading_level_skipped_once_changed() {
    assert_snapshot!(changed(
        "::: sesudah blok=pembuka\n### Sebelum mulai\n\nSiapkan KTP.\n:::\n"
    ));
}

#[test]
fn status_left_out() {
    let fixture = Fixture::sound()
        .replace_in(STATUSES, "[tte.suspend]\njudul = \"Ditangguhkan\"\narti = \"Akun Anda ditangguhkan (`SUSPEND`).\"\nlangkah = \"Tanyakan sebabnya.\"\npanduan = \"/tte/aktivasi.md\"\n\n", "")
        .replace_in(STATUSES, "langkah = \"Minta perpanjangan.\"\n", "");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn statuses_that_are_unknown_or_lead_nowhere() {
    let text = "\n[tte.isue]\njudul = \"Aktif\"\n\n[tte.new]\njudull = \"Baru\"\npanduan = \"/tte/aktifasi.md\"\n\n[tte.renew]\npanduan = \"/tte/aktivasi.md#berjaln\"\n\n[tte.revoke]\npanduan = \"aktivasi.md\"\n\n[surat.baru]\njudul = \"x\"\n\n[tte.expired]\npanduan = \"https://bsre.example/\"\n";
    assert_snapshot!(Fixture::sound().append("status.toml", text).mistakes());
}

#[test]
fn shared_status_leads_to_a_page_that_the_agency_lacks() {
    let fixture = Fixture::sound().replace_in(
        STATUSES,
        "panduan = \"/tte/aktivasi.md\"",
        "panduan = \"/tte/pakai.md\"",
    );
    assert_snapshot!(fixture.mistakes());
}

/// A mistake in what is added to the agency's problems.
fn problem(text: &str) -> String {
    Fixture::sound().append("masalah.toml", text).mistakes()
}

#[test]
fn problem_of_an_unknown_question() {
    let fixture =
        Fixture::sound().replace("masalah.toml", "di = \"email-hp\"", "di = \"emial-hp\"");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn question_below_an_unknown_question() {
    let fixture = Fixture::sound().replace("masalah.toml", "di = \"mulai\"", "di = \"muali\"");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn two_first_questions() {
    assert_snapshot!(problem(
        "\n[[pertanyaan]]\nid = \"awal\"\ntanya = \"Dari mana?\"\n"
    ));
}

#[test]
fn question_that_leads_back_to_itself() {
    assert_snapshot!(problem(
        "\n[[pertanyaan]]\nid = \"tte-aktivasi\"\ndi = \"ulang\"\npilihan = \"Lagi\"\ntanya = \"Lagi?\"\n\n[[pertanyaan]]\nid = \"ulang\"\ndi = \"tte-aktivasi\"\npilihan = \"Ulang\"\ntanya = \"Ulang?\"\n"
    ));
}

#[test]
fn problem_id_twice() {
    assert_snapshot!(problem(
        "\n[[masalah]]\nid = \"port-salah\"\ndi = \"email-hp\"\ngejala = \"Lain\"\nsebab = \"Lain.\"\nsolusi = [\"Lain.\"]\npanduan = [\"email/hp.md\"]\n"
    ));
}

#[test]
fn problem_without_its_keys() {
    assert_snapshot!(problem(
        "\n[[masalah]]\nid = \"Kosong Sekali\"\nsolusi = []\ngejla = \"x\"\n\n[[pertanyaan]]\nid = \"x\"\ndi = \"mulai\"\n"
    ));
}

#[test]
fn problem_of_an_unknown_desk() {
    assert_snapshot!(problem(
        "\n[[masalah]]\nid = \"lain\"\ndi = \"email-hp\"\ngejala = \"Lain\"\nsebab = \"Lain.\"\nsolusi = [\"Lain.\"]\nhubungi = \"verifikatro\"\npanduan = [\"email/hp.md\"]\n"
    ));
}

#[test]
fn problem_of_a_page_that_is_not_there() {
    assert_snapshot!(problem(
        "\n[[masalah]]\nid = \"lain\"\ndi = \"email-hp\"\ngejala = \"Lain\"\nsebab = \"Lain.\"\nsolusi = [\"Lain.\"]\npanduan = [\"email/ph.md\"]\n"
    ));
}

#[test]
fn links_and_facts_in_data() {
    assert_snapshot!(problem(
        "\n[[masalah]]\nid = \"lain\"\ndi = \"email-hp\"\ngejala = \"Lain\"\nsebab = \"Port {{ email.imap.prot }}, bukan 993.\"\nsolusi = [\"Buka [setelan](hp.md#setelan).\", \"Buka [mati](/email/ph.md).\", \"Buka [langkah](/email/hp.md#langka).\", \"Buka <b>ini</b>.\"]\npanduan = [\"email/hp.md\"]\n"
    ));
}

#[test]
fn blanks_of_a_form() {
    assert_snapshot!(added(
        "\nNama: [[Nama lengkap]]\n\n::: formulir berkas=surat Surat\n[[]] dan [[NIP:agka]] dan [[Status:pilihan PNS]] dan [[Nama]]\n:::\n\n::: formulir Surat kosong\nTidak ada isian.\n:::\n\n::: formulir baris=banyak Surat\n[[Nama]]\n:::\n\n::: formulir baris=31 Surat\n[[Nama]]\n:::\n\n::: formulir Surat\n[[#]] [[Nama]]\n:::\n"
    ));
}

#[test]
fn blocks_of_data_that_the_agency_lacks() {
    let text = "\n::: kontak meja=verifikatro\n:::\n\n::: lembar-kendali\n:::\n\n::: daftar-masalah di=tte-aktifasi\n:::\n";
    assert_snapshot!(added(text));
}

#[test]
fn finder_without_a_problem() {
    let fixture = Fixture::sound()
        .write("masalah.toml", "")
        .write_in("content/bersama/masalah.toml", "");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn statuses_of_what_the_agency_does_not_offer() {
    let fixture = Fixture::sound().replace(PROFILE, "email = [\"nip\", \"nama\"]\n", "");
    let text = "\n::: daftar-status jenis=email\n:::\n";
    assert_snapshot!(fixture.append(GUIDE, text).mistakes());
}

#[test]
fn profile_bad_mail_exchangers() {
    assert_snapshot!(added_to_profile(
        "[[email.mx]]\nhost = \"https://mx1.contoh.go.id\"\nprioritas = 10\n\n[[email.mx]]\nhost = \"mx2.contoh.go.id\"\nprioritas = 70000\n\n[[email.mx]]\nhost = \"mx3.contoh.go.id\"\n"
    ));
}

#[test]
fn profile_desk_without_name() {
    assert_snapshot!(profile("nama = \"Verifikator TTE\"\n", ""));
}

#[test]
fn profile_bad_channel() {
    assert_snapshot!(added_to_profile(
        "[[kontak.kanal]]\nnama = \"Portal\"\nalamat = \"http://portal.contoh.go.id/\"\n"
    ));
}

#[test]
fn profile_channel_with_an_icon_that_is_not_there() {
    assert_snapshot!(added_to_profile(
        "[[kontak.kanal]]\nnama = \"Portal\"\nalamat = \"https://portal.contoh.go.id/\"\nikon = \"rumah\"\n"
    ));
}

#[test]
fn profile_control_sheet_without_versions() {
    assert_snapshot!(added_to_profile("[juknis]\njudul = \"Juknis Email\"\n"));
}

#[test]
fn profile_review_every_zero_months() {
    assert_snapshot!(profile("warna = ", "tinjau_bulan = 0\nwarna = "));
}

#[test]
fn profile_tte_without_its_keys() {
    assert_snapshot!(profile(
        "verifikator = \"verifikator Kota Contoh\"\nkanal_tautan = \"WhatsApp\"\naplikasi = [\"SRIKANDI\"]\n",
        "aplikasi = []\n"
    ));
}

#[test]
fn profile_source_in_an_unknown_document() {
    assert_snapshot!(profile(
        "tte = { dokumen = \"juknis\"",
        "tte = { dokumen = \"jukins\""
    ));
}

#[test]
fn profile_source_of_a_fact_that_is_not_there() {
    assert_snapshot!(profile("\"email.smtp\" =", "\"email.stmp\" ="));
}

#[test]
fn shared_document_with_a_mistake() {
    let fixture = Fixture::sound().replace_in(
        "content/bersama/dokumen.toml",
        "penerbit = \"Semua instansi\"",
        "penerbt = \"Semua instansi\"",
    );
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn ids_that_can_be_no_address() {
    assert_snapshot!(added(
        "\n::: info id=\"Kode OTP\" Kode\nRahasia.\n:::\n\n::: langkah\n1. Buka. {#Buka-Email}\n:::\n\n::: info id=setelan Lain\nTeks.\n:::\n"
    ));
}

#[test]
fn stray_files_among_what_is_shared() {
    let fixture = Fixture::sound()
        .write_in("content/bersama/tte/gambar.png", b"x")
        .write_in("content/bersama/instansi.toml", b"x = 1\n");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn shared_guide_made_from_another() {
    let fixture = Fixture::sound().replace_in(
        SHARED,
        "urutan = 20",
        "urutan = 20\ndasar = \"bantuan/masalah.md\"",
    );
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn place_that_a_change_above_has_taken_out() {
    assert_snapshot!(changed(
        "::: hapus blok=langkah\n:::\n\n::: sesudah blok=data-diri\n1. Tunggu.\n:::\n"
    ));
}

#[test]
fn ids_that_name_nothing() {
    assert_snapshot!(added(
        "\n1. Buka email. {#buka-email}\n2. Tutup.\n\nSelesai {#selesai}\n"
    ));
}

#[test]
fn fact_that_is_a_list() {
    assert_snapshot!(guide("{{ email.imap.port }}", "{{ tte.aplikasi }}"));
}

#[test]
fn facts_that_cannot_be_named() {
    assert_snapshot!(added_to_profile(
        "[kontak.meja.tim-a]\nnama = \"Tim A\"\n\n[tautan]\n\"kantor pusat\" = \"https://pusat.example/\"\n"
    ));
}

#[test]
fn problems_listed_twice() {
    assert_snapshot!(added(
        "\n::: daftar-masalah di=tte-aktivasi\n:::\n\n::: daftar-masalah\n:::\n"
    ));
}

#[test]
fn list_without_a_step_left() {
    assert_snapshot!(changed(
        "::: hapus blok=buka-email\n:::\n\n::: hapus blok=data-diri\n:::\n\n::: hapus blok=kirim\n:::\n"
    ));
}

#[test]
fn source_without_its_section() {
    let fixture = Fixture::sound()
        .replace(GUIDE, ", bagian = \"Bab 2\" }", " }")
        .append(PROFILE, "\"kontak.nama\" = { dokumen = \"juknis\" }\n");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn change_with_more_than_its_place() {
    assert_snapshot!(changed(
        "::: sesudah blok=otp Judul\nTunggu.\n:::\n\n::: hapus blok=tautan jenis=tte\n:::\n"
    ));
}

#[test]
fn choice_changed_by_something_else() {
    let fixture = Fixture::sound()
        .append_in(
            SHARED,
            "\n::: pilihan Perangkat\n::: opsi id=hp HP\nPakai Gmail.\n:::\n:::\n",
        )
        .append(ADOPTED, "\n::: ganti blok=hp\nPakai Mail.\n:::\n");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn blank_put_where_no_form_is() {
    assert_snapshot!(changed(
        "::: ganti blok=tautan\n### Tautan\n\n[[Nama]]\n:::\n"
    ));
}

#[test]
fn heading_with_the_id_of_a_problem() {
    assert_snapshot!(changed(
        "::: sesudah blok=jika-gagal\n## Masalah tautan kedaluwarsa\n\nTeks.\n:::\n"
    ));
}

#[test]
fn finder_twice() {
    assert_snapshot!(added("\n::: cari-masalah\n:::\n\n::: cari-masalah\n:::\n"));
}

#[test]
fn links_of_a_shared_guide_that_fit_no_other_page() {
    let fixture = Fixture::sound().replace_in(
        SHARED,
        "(/bantuan/masalah.md)",
        "(../bantuan/masalah.md) dan [kode](#otpp)",
    );
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn front_matter_that_does_not_end() {
    assert_snapshot!(guide("]\n+++\n", "]\n"));
}

#[test]
fn more_than_running_text_in_data() {
    let fixture =
        Fixture::sound().replace_in("content/bersama/masalah.toml", "sebab = \"", "sebab = \"# ");
    assert_snapshot!(fixture.mistakes());
}

// --- mail that no set-up file could express -----------------------------------------------------

const IMAP: &str =
    "[email.imap]\nhost = \"imap.contoh.go.id\"\nport = 993\nkeamanan = \"SSL/TLS\"\n";
const SMTP: &str =
    "[email.smtp]\nhost = \"smtp.contoh.go.id\"\nport = 465\nkeamanan = \"SSL/TLS\"\n";

#[test]
fn mail_servers_that_no_file_could_express() {
    let later = IMAP.replace("SSL/TLS", "STARTTLS");
    let address = SMTP.replace("smtp.", "https://smtp.")
        + "\n[email.exchange]\nhost = \"mail.contoh.go.id:443\"\nport = 8443\nkeamanan = \"SSL/TLS\"\nactivesync = true\n\n[email.carbonio]\nhost = \"https://mail.contoh.go.id/\"\n";
    let fixture = Fixture::sound()
        .replace(PROFILE, IMAP, &later)
        .replace(PROFILE, SMTP, &address);
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn ports_of_another_service() {
    let fixture = Fixture::sound()
        .replace(PROFILE, "port = 993", "port = 995")
        .replace(PROFILE, "port = 465", "port = 25")
        .replace(
            PROFILE,
            "[kontak]",
            "[email.exchange]\nhost = \"mail.contoh.go.id\"\nport = 8443\nkeamanan = \"SSL/TLS\"\nactivesync = true\n\n[kontak]",
        );
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn two_servers_for_one_service() {
    let two = IMAP.replace("[email.imap]", "[[email.imap]]");
    let fixture = Fixture::sound().replace(PROFILE, IMAP, &format!("{two}\n{two}"));
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn half_of_a_mail_service() {
    assert_snapshot!(Fixture::sound().replace(PROFILE, SMTP, "").mistakes());
}

#[test]
fn pacc_where_hosts_do_not_say_it_all() {
    let fixture = Fixture::sound()
        .replace(
            PROFILE,
            "[email]\n",
            "[email]\npacc = true\ndomain_lain = [\"https://lain.go.id/\"]\n",
        )
        .replace(PROFILE, "port = 993", "port = 10993");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn set_up_files_that_the_profile_does_not_offer() {
    let text = "\n::: profil-apple jenis=exchange\n:::\n\n::: berkas jenis=pacc\n:::\n\n::: berkas\n:::\n\n::: berkas jenis=zona\nisi\n:::\n\n::: berkas jenis=apa\n:::\n";
    assert_snapshot!(Fixture::sound().append(GUIDE, text).mistakes());
}

#[test]
fn a_guide_for_another_kind_of_agency() {
    let fixture = Fixture::sound()
        .write_in(
            "content/bersama/email/exchange.md",
            "+++\njudul = \"Exchange\"\nringkasan = \"Memasang Exchange.\"\nbutuh = [\"email.exchange\", \"email.exchange.activesync\"]\nditinjau = 2026-11-23\nsumber = [{ dokumen = \"juknis\", bagian = \"1\" }]\n+++\n\nServer: {{ email.exchange.host }}.\n",
        )
        .write("email/exchange.md", "+++\ndasar = \"email/exchange.md\"\n+++\n");
    assert_snapshot!(fixture.mistakes());
}

// --- training sessions --------------------------------------------------------------------------

const SESSION: &str = "content/bimtek/email.toml";

/// A session without a mistake.
const SOUND: &str = "instansi = \"kota-contoh\"
judul = \"Bimtek {{ layanan }}\"
ringkasan = \"Pasang {{ layanan }} di HP.\"
tanggal = 2026-12-02
tempat = \"Aula\"

[[acara]]
mulai = \"08.30\"
selesai = \"09.00\"
judul = \"Pembukaan\"

[[acara]]
mulai = \"09.00\"
selesai = \"09.30\"
panduan = \"email/hp.md\"
daftar = [\"Kata sandi **email**\"]
catatan = \"Tunggu semua siap.\"

[[acara.tautan]]
judul = \"Webmail\"
alamat = \"{{ email.webmail }}\"

[[acara.tautan]]
judul = \"Beranda\"
alamat = \"/index.md\"
";

/// A page on which one practises, made from a shared one.
const PRACTISED: &str =
    "+++\njudul = \"Latihan\"\nringkasan = \"Coba saja.\"\njenis = \"latihan\"\n+++\n\nCoba.\n";

/// The project with a session, of which pieces are replaced.
fn with_session(pieces: &[(&str, &str)]) -> Fixture {
    let mut text = SOUND.to_owned();
    for (from, to) in pieces {
        assert!(text.contains(from), "the session has no {from:?}");
        text = text.replacen(from, to, 1);
    }
    Fixture::sound().write_in(SESSION, text)
}

/// Mistakes in a session.
fn session(pieces: &[(&str, &str)]) -> String {
    with_session(pieces).mistakes()
}

#[test]
fn a_sound_session_passes() {
    let output = with_session(&[]).check(&["--strict"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "11 pages checked, no mistake\n"
    );
}

#[test]
fn session_of_an_unknown_agency() {
    assert_snapshot!(session(&[("kota-contoh", "kota-conto")]));
}

#[test]
fn session_of_an_agency_that_is_not_built() {
    let other = SOUND.replace("kota-contoh", "kab-contoh");
    let spoilt = other.replace("email/hp.md", "email/tidak-ada.md");
    let fixture = Fixture::two_agencies().write_in("content/bimtek/lain.toml", spoilt);
    let output = fixture.check(&["--instansi", "kota-contoh"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
    assert!(fixture.mistakes().contains("unknown-guide"));
}

#[test]
fn session_with_all_that_names_nothing() {
    let fixture = with_session(&[
        (
            "panduan = \"email/hp.md\"",
            "panduan = \"email/hpp.md\"\nlatihan = [\"cek-mail\", \"xyz\"]",
        ),
        ("judul = \"Pembukaan\"", "panduan = \"email/index.md\""),
        ("alamat = \"/index.md\"", "alamat = \"/indeks.md\""),
        ("{{ email.webmail }}", "https://"),
        ("**email**", "[email](/email/tidak-ada.md)"),
    ]);
    let fixture = fixture
        .write("latihan/index.md", PRACTISED)
        .write("latihan/cek-email.md", PRACTISED);
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn session_where_practice_stands_in_the_place_of_a_guide() {
    let fixture = with_session(&[("email/hp.md", "/latihan/index.md")]);
    assert_snapshot!(fixture.write("latihan/index.md", PRACTISED).mistakes());
}

#[test]
fn session_without_practice_to_name() {
    assert_snapshot!(session(&[(
        "daftar = [",
        "latihan = [\"cek-email\"]\ndaftar = ["
    )]));
}

#[test]
fn session_whose_times_overlap() {
    let third = "catatan = \"Tunggu semua siap.\"\n\n[[acara]]\nmulai = \"09.10\"\nselesai = \"09.20\"\njudul = \"Tanya jawab\"";
    assert_snapshot!(session(&[
        ("selesai = \"09.00\"", "selesai = \"09.05\""),
        ("catatan = \"Tunggu semua siap.\"", third),
    ]));
}

#[test]
fn session_whose_entry_ends_before_it_begins() {
    assert_snapshot!(session(&[("selesai = \"09.30\"", "selesai = \"08.30\"")]));
}

#[test]
fn session_with_times_and_a_day_that_are_none() {
    assert_snapshot!(session(&[
        ("2026-12-02", "\"2 Desember\""),
        ("\"08.30\"", "08:30:00"),
        ("\"09.30\"", "\"pukul 9\""),
    ]));
}

#[test]
fn session_whose_guide_takes_longer_than_its_entry() {
    let fixture = with_session(&[("selesai = \"09.30\"", "selesai = \"09.03\"")]);
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn session_without_entries() {
    let (head, _) = SOUND.split_once("\n[[acara]]").unwrap();
    assert_snapshot!(Fixture::sound().write_in(SESSION, head).mistakes());
}

#[test]
fn session_with_unknown_missing_and_empty_keys() {
    assert_snapshot!(session(&[
        ("tempat = \"Aula\"\n", "lokasi = \"Aula\"\n"),
        ("judul = \"Pembukaan\"\n", ""),
        ("catatan = \"Tunggu semua siap.\"", "catatan = \"\""),
        ("panduan = ", "pandun = "),
        ("judul = \"Webmail\"\n", ""),
    ]));
}

#[test]
fn session_with_facts_typed_out_undefined_and_left_to_fill_in() {
    assert_snapshot!(session(&[
        ("Pasang {{ layanan }} di HP.", "Pasang {{ layan }} di HP."),
        ("{{ email.webmail }}", "https://mail.contoh.go.id/"),
        ("Tunggu semua siap.", "[ISI: apa yang Anda ucapkan]"),
    ]));
}

#[test]
fn session_whose_name_stands_in_no_address() {
    let fixture = Fixture::sound()
        .write_in("content/bimtek/Bimtek Satu.toml", SOUND)
        .write_in("content/bimtek/slide.toml", SOUND)
        .write_in("content/bimtek/catatan.txt", "");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn pages_where_sessions_stand() {
    let fixture = Fixture::sound()
        .write(
            "bimtek/index.md",
            "+++\njudul = \"Bimtek\"\nringkasan = \"Bimtek.\"\njenis = \"topik\"\n+++\n\nBimtek.\n",
        )
        .write("tte/bimtek.md", "+++\ndasar = \"tte/aktivasi.md\"\n+++\n");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn feedback_that_is_no_address() {
    assert_snapshot!(added_to_profile(
        "[bimtek]\numpan_balik = \"http://formulir.contoh.go.id/\"\nabsen = true\n"
    ));
}
