//! Shared guides from outside: one text, each agency's facts, and each agency's changes at their place in the HTML.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use insta::assert_snapshot;
use tests::quoted::quoted;
use tests::{fixture::Fixture, visible::Visible, workspace::Workspace};

const SHARED: &str = "content/bersama/tte/aktivasi.md";

/// The project's site, built by the real program.
fn build(fixture: &Fixture) -> Workspace {
    let workspace = Workspace::fresh().with_content_of(fixture.root());
    let output = workspace.run(&["build"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    workspace
}

fn html(workspace: &Workspace, page: &str) -> String {
    let file = workspace.path("dist").join(page).join("index.html");
    let html = fs::read_to_string(&file);
    quoted(&html.unwrap_or_else(|error| panic!("{}: {error}", file.display())))
}

/// Where pieces stand in a text; they must be there, each once.
fn in_order(text: &str, pieces: &[&str]) {
    let text = text.to_lowercase();
    let mut last = 0;
    for piece in pieces {
        let found: Vec<usize> = text
            .match_indices(&piece.to_lowercase())
            .map(|(at, _)| at)
            .collect();
        assert_eq!(found.len(), 1, "{piece:?} in {text}");
        assert!(found[0] >= last, "{piece:?} stands too early in {text}");
        last = found[0];
    }
}

#[test]
fn two_agencies_fill_one_guide_with_their_own_facts() {
    let workspace = build(&Fixture::two_agencies());
    let city = html(&workspace, "kota-contoh/tte/aktivasi");
    let county = html(&workspace, "kab-contoh/tte/aktivasi");
    in_order(
        Visible::of(&city).text(),
        &[
            "Aktifkan akun TTE di Kota Contoh",
            "Email Dinas yang sudah bisa dibuka",
            "Buka Email Dinas.",
            "Isi Data Diri.",
            "Klik Submit.",
            "Beri tahu verifikator Kota Contoh.",
            "Tautan tiba di WhatsApp.",
        ],
    );
    in_order(
        Visible::of(&county).text(),
        &[
            "Aktifkan akun TTE di Kab. Contoh",
            "Surel Dinas yang sudah bisa dibuka",
            "Buka Surel Dinas.",
            "Isi Data Diri.",
            "Ambil foto wajah.",
            "Klik Submit.",
            "Beri tahu pengurus TTE kabupaten.",
            "Tautan tiba di email dinas.",
        ],
    );
    // Links of the shared guide stay within each agency.
    for html in [&city, &county] {
        let link = "href=\"../../bantuan/masalah/\">daftar masalah<";
        assert!(html.contains(link), "{html}");
    }
}

#[test]
fn shared_problems_are_asked_at_each_agencys_own_desk() {
    let workspace = build(&Fixture::two_agencies());
    let problems = |agency: &str| html(&workspace, &format!("{agency}/bantuan/masalah"));
    let (city, county) = (problems("kota-contoh"), problems("kab-contoh"));
    for page in [&city, &county] {
        assert!(page.contains("id=\"masalah-tautan-kedaluwarsa\""), "{page}");
    }
    let (city, county) = (Visible::of(&city), Visible::of(&county));
    assert!(city.has("Minta verifikator Kota Contoh mengirim ulang tautan."));
    assert!(city.has("Verifikator TTE") && city.has("HP tidak tersambung"));
    // It has neither the desk nor the guide that the other problem belongs to.
    assert!(county.has("Minta pengurus TTE kabupaten mengirim ulang tautan."));
    assert!(county.has("Meja Bantuan") && !county.has("HP tidak tersambung"));
    assert!(!county.has("Email di HP"), "a question without a problem");
}

#[test]
fn front_matter_is_inherited_key_by_key() {
    let workspace = build(&Fixture::two_agencies());
    let own = html(&workspace, "kab-contoh/tte/aktivasi");
    let inherited = html(&workspace, "kota-contoh/tte/aktivasi");
    // Given by the agency: summary, minutes, its own source before the shared one's.
    assert!(own.contains("content=\"Aktifkan akun Anda bersama pengurus TTE kabupaten.\""));
    assert!(inherited.contains("content=\"Buka email dari BSrE, lalu kirim data Anda.\""));
    let (own, inherited) = (Visible::of(&own), Visible::of(&inherited));
    assert!(own.has("Waktu: 30 menit") && inherited.has("Waktu: 15 menit"));
    in_order(own.text(), &["Prosedur TTE", "Catatan bersama"]);
    in_order(inherited.text(), &["Juknis Email", "Catatan bersama"]);
    // Reviewed by the agency; its versions are the shared guide's.
    for page in [&own, &inherited] {
        assert!(page.has("23 November 2026") && page.has("20 November 2026"));
        assert!(page.has("Terbit pertama."));
    }
}

/// What can be changed: its name, what stands there, and what stands before and after it.
const PLACES: [(&str, &[&str], &str, &str); 4] = [
    (
        "pembuka",
        &["Aktivasi memerlukan 15 menit."],
        "Waktu: 15 menit",
        "bisa dibuka",
    ),
    (
        "sesudah",
        &["Beri tahu verifikator", "Tautan tiba di"],
        "Klik Submit.",
        "Lihat daftar masalah.",
    ),
    (
        "otp",
        &["Kode berlaku 15 menit."],
        "Isi Data Diri.",
        "Klik Submit.",
    ),
    (
        "data-diri",
        &["Isi Data Diri.", "Kode berlaku 15 menit."],
        "Buka Email Dinas.",
        "Klik Submit.",
    ),
];

fn change(kind: &str, place: &str) -> String {
    let content = match (kind, place) {
        ("hapus", _) => "",
        (_, "data-diri") => "1. TANDA BARU.\n",
        (_, "sesudah") => "## Bagian baru\n\nTANDA BARU.\n",
        _ => "TANDA BARU.\n",
    };
    format!("::: {kind} blok={place}\n{content}:::\n")
}

#[test]
fn every_change_stands_at_its_place() {
    let mut fixture = Fixture::sound().write(
        "uji/index.md",
        "+++\njudul = \"Uji\"\nringkasan = \"Uji.\"\njenis = \"topik\"\n+++\n",
    );
    let kinds = ["ganti", "sebelum", "sesudah", "hapus"];
    for (place, ..) in PLACES {
        for kind in kinds {
            let text = format!(
                "+++\ndasar = \"tte/aktivasi.md\"\nditinjau = 2026-11-23\nsumber = [{{ dokumen = \"juknis\", bagian = \"Bab 3\" }}]\n+++\n\n{}",
                change(kind, place)
            );
            fixture = fixture.write(&format!("uji/{kind}-{place}.md"), text);
        }
    }
    let workspace = build(&fixture);
    for (place, old, before, after) in PLACES {
        for kind in kinds {
            let page = Visible::of(&html(&workspace, &format!("uji/{kind}-{place}")));
            let mark = ["TANDA BARU."];
            let middle: Vec<&str> = match kind {
                "ganti" => mark.to_vec(),
                "sebelum" => [&mark, old].concat(),
                "sesudah" => [old, &mark].concat(),
                _ => Vec::new(),
            };
            in_order(
                page.text(),
                &[&[before], middle.as_slice(), &[after]].concat(),
            );
            if matches!(kind, "ganti" | "hapus") {
                for gone in old {
                    assert!(!page.has(gone), "{kind} {place} leaves {gone:?}");
                }
            }
        }
    }
}

#[test]
fn several_changes_of_one_place_keep_their_order() {
    let change = |kind: &str, text: &str| format!("\n::: {kind} blok=kirim\n1. {text}\n:::\n");
    let fixture = Fixture::sound()
        .append("tte/aktivasi.md", &change("sesudah", "Lihat satu."))
        .append("tte/aktivasi.md", &change("sesudah", "Lihat dua."))
        .append("tte/aktivasi.md", &change("sebelum", "Baca satu."))
        .append("tte/aktivasi.md", &change("sebelum", "Baca dua."));
    let page = html(&build(&fixture), "tte/aktivasi");
    in_order(
        Visible::of(&page).text(),
        &[
            "Isi Data Diri.",
            "Baca satu.",
            "Baca dua.",
            "Klik Submit.",
            "Lihat satu.",
            "Lihat dua.",
            "Beri tahu",
        ],
    );
}

#[test]
fn no_change_sees_what_another_did() {
    let fixture = Fixture::sound().append(
        "tte/aktivasi.md",
        "\n::: ganti blok=kirim\n1. Kirim saja.\n:::\n\n::: sesudah blok=data-diri\n1. Foto dulu.\n:::\n\n::: ganti blok=jika-gagal\n## Bila gagal\n\nCoba besok.\n:::\n\n::: sesudah blok=sesudah\n## Sementara itu\n\nBersabarlah.\n:::\n",
    );
    let page = html(&build(&fixture), "tte/aktivasi");
    in_order(
        Visible::of(&page).text(),
        &[
            "Isi Data Diri.",
            "Foto dulu.",
            "Kirim saja.",
            "Tautan tiba di",
            "Bersabarlah.",
            "Coba besok.",
        ],
    );
}

#[test]
fn a_choice_is_changed_like_a_step() {
    let choices = "\n::: pilihan id=perangkat Perangkat\n::: opsi id=lama Android\nPakai Gmail.\n:::\n::: opsi id=baru iPhone\nPakai Mail.\n:::\n:::\n";
    let fixture = Fixture::sound()
        .append_in(SHARED, choices)
        .append(
            "tte/aktivasi.md",
            "\n::: ganti blok=lama\n::: opsi HP dinas\nPakai aplikasi kantor.\n:::\n:::\n\n::: sesudah blok=baru\n::: opsi Komputer\nPakai Outlook.\n:::\n:::\n",
        );
    let page = html(&build(&fixture), "tte/aktivasi");
    let page = Visible::of(&page);
    in_order(
        page.text(),
        &[
            "HP dinas",
            "Pakai aplikasi kantor.",
            "Pakai Mail.",
            "Komputer",
            "Pakai Outlook.",
        ],
    );
    assert!(!page.has("Pakai Gmail."));
}

#[test]
fn a_form_of_all_can_be_changed_by_text_with_blanks() {
    let form = "\n::: formulir id=surat Surat\n::: info id=bagian Isi\n[[Nama]]\n:::\n:::\n";
    let fixture = Fixture::sound().append_in(SHARED, form).append(
        "tte/aktivasi.md",
        "\n::: ganti blok=bagian\nNama dan jabatan: [[Nama dan jabatan]]\n:::\n",
    );
    let page = html(&build(&fixture), "tte/aktivasi");
    assert!(page.contains("aria-label=\"Nama dan jabatan\""), "{page}");
}

#[test]
fn code_of_both_files_is_copied_from_its_own_place() {
    let code = |text: &str| format!("\n```\n{text}\n```\n");
    let fixture = Fixture::sound().append_in(SHARED, &code("bersama")).append(
        "tte/aktivasi.md",
        &format!("\n::: sesudah blok=pembuka\n{}:::\n", code("sendiri")),
    );
    let page = html(&build(&fixture), "tte/aktivasi");
    let mut all = ids(&page);
    all.sort_unstable();
    let codes: Vec<_> = all.iter().filter(|id| id.starts_with("kode-")).collect();
    assert_eq!(codes.len(), 2, "{codes:?}");
    assert!(all.windows(2).all(|two| two[0] != two[1]), "{all:?}");
}

#[test]
fn a_file_may_end_where_its_front_matter_does() {
    let adopted = "content/instansi/kota-contoh/tte/aktivasi.md";
    let fixture = Fixture::sound();
    let text = fs::read_to_string(fixture.root().join(adopted)).unwrap();
    for end in ["+++", "+++ ", "+++ \r\n"] {
        let text = text.trim_end().strip_suffix("+++").unwrap().to_owned() + end;
        let fixture = Fixture::sound().write("tte/aktivasi.md", text);
        let output = fixture.check(&["--strict"]);
        assert!(
            output.status.success(),
            "{end:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn a_page_that_lists_some_problems_shows_its_others_at_its_end() {
    let fixture = Fixture::sound().append(
        "tte/aktivasi.md",
        "\n::: sesudah blok=jika-gagal\n## Masalah email\n\n::: daftar-masalah di=email-hp\n:::\n:::\n",
    );
    let page = html(&build(&fixture), "tte/aktivasi");
    assert!(page.contains("id=\"masalah-tautan-kedaluwarsa\""), "{page}");
}

#[test]
fn problems_follow_a_shared_guide_to_another_path() {
    let adopted = "content/instansi/kota-contoh/tte/aktivasi.md";
    let text = fs::read_to_string(Fixture::sound().root().join(adopted)).unwrap();
    let fixture = Fixture::sound().write("tte/mulai.md", text);
    let page = html(&build(&fixture), "tte/mulai");
    assert!(page.contains("id=\"masalah-tautan-kedaluwarsa\""), "{page}");
}

/// The ids in a page's HTML.
fn ids(html: &str) -> Vec<&str> {
    let after = html.split(" id=\"").skip(1);
    after.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn ids_stand_once_on_a_page_however_much_it_shows() {
    let fixture = Fixture::sound().append(
        "email/hp.md",
        "\n::: cari-masalah\n:::\n\n## TTE\n\n::: daftar-masalah di=tte-aktivasi\n:::\n\n## Email\n\n::: daftar-masalah di=email-hp\n:::\n\n::: daftar-status jenis=tte\n:::\n\n::: kontak\n:::\n\n::: kontak meja=verifikator\n:::\n\n::: formulir Surat\n[[Nama]]\n:::\n\n::: formulir Surat\n[[Nama]]\n:::\n",
    );
    let workspace = build(&fixture);
    for page in ["email/hp", "bantuan/masalah", "tte/aktivasi"] {
        let html = html(&workspace, page);
        let mut all = ids(&html);
        all.sort_unstable();
        let twice: Vec<_> = all.windows(2).filter(|two| two[0] == two[1]).collect();
        assert!(twice.is_empty(), "{page}: {twice:?}");
    }
}

#[test]
fn changed_steps_are_numbered_and_keep_their_anchors() {
    let workspace = build(&Fixture::two_agencies());
    let page = html(&workspace, "kab-contoh/tte/aktivasi");
    in_order(
        &page,
        &[
            "id=\"buka-email\"",
            "id=\"data-diri\"",
            "id=\"foto-wajah\"",
            "id=\"kirim\"",
        ],
    );
    // The style numbers the items of the list: what counts is that this is the fourth.
    let (before, kirim) = page.split_once("id=\"kirim\"").unwrap();
    let (_, list) = before.rsplit_once("<ol class=\"langkah\"").unwrap();
    assert_eq!(list.matches("<li ").count(), 4, "{list}");
    assert!(
        Visible::of(kirim).text().contains("klik submit."),
        "{kirim}"
    );
}

#[test]
fn block_that_needs_a_missing_fact_can_be_replaced() {
    let fixture = Fixture::sound().replace_in(
        SHARED,
        "Tautan tiba di {{ tte.kanal_tautan }}.",
        "Tautan tiba pukul {{ fakta.jam_tautan }}.",
    );
    assert!(!fixture.check(&[]).status.success());
    let replaced = fixture.append(
        "tte/aktivasi.md",
        "\n::: ganti blok=tautan\n### Tautan {#tautan}\n\nTautan tiba besok.\n:::\n",
    );
    let output = replaced.check(&["--strict"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn mistakes_of_a_shared_guide_are_told_once_or_for_each_agency_they_name() {
    let fixture = Fixture::two_agencies()
        .replace_in(
            SHARED,
            "Klik **Submit**.",
            "Klik <b>Submit</b> sebelum pukul {{ fakta.jam_tutup }}.",
        )
        .replace_in(SHARED, "/bantuan/masalah.md", "/bantuan/kontak.md");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn warnings_of_a_shared_guide_are_told_once() {
    let long = "Tekan tombol itu lalu tunggu sebentar ".repeat(5);
    let fixture = Fixture::two_agencies().replace_in(
        SHARED,
        "Aktivasi memerlukan 15 menit.",
        &format!("{}.", long.trim()),
    );
    let text = fixture.warnings();
    assert!(text.ends_with("\n1 warning in 1 file\n"), "{text}");
}

#[test]
fn two_sound_agencies_pass() {
    let output = Fixture::two_agencies().check(&["--strict"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
