//! What can be published and is better mended: every kind of warning with its whole text, and how strictly it counts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use insta::assert_snapshot;
use tests::fixture::Fixture;

const GUIDE: &str = "email/hp.md";
const PROFILE: &str = "instansi.toml";

/// A guide beside the fixture's own, and a link to it.
fn second_guide(body: &str) -> Fixture {
    let text = format!(
        "+++\njudul = \"Email di laptop\"\nringkasan = \"Baca email di laptop.\"\nditinjau = 2026-11-23\nsumber = [{{ dokumen = \"juknis\", bagian = \"Bab 2\" }}]\n+++\n\n{body}\n"
    );
    Fixture::sound()
        .write("email/laptop.md", text)
        .append(GUIDE, "\nMemakai [laptop](laptop.md)?\n")
}

/// What the guide warns of with this added.
fn added(text: &str) -> String {
    Fixture::sound()
        .append(GUIDE, &format!("\n{text}\n"))
        .warnings()
}

/// What the check says on another day.
fn on(day: &str) -> String {
    let output = Fixture::sound().pandu(&["check", "--today", day]);
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn guide_contradicts_the_profile() {
    assert_snapshot!(added(
        "::: setelan Surat masuk (IMAP)\n- Server: imap.lama.example\n- Port: 143\n:::\n\n::: layar jenis=hp Akun baru\n1. **Server SMTP** smtp.lama.example — Server surat keluar.\n:::"
    ));
}

#[test]
fn two_guides_contradict_each_other() {
    let fixture = second_guide(
        "::: setelan Exchange\n- Server: satu.lama.example\n:::\n\nHubungi Meja Sandi di 0812-0000-1111.",
    );
    let text = "\n::: setelan Exchange\n- Server: dua.lama.example\n:::\n\nHubungi Meja Sandi di 0812-0000-2222.\n";
    assert_snapshot!(fixture.append(GUIDE, text).warnings());
}

#[test]
fn facts_that_the_profile_does_not_hold() {
    assert_snapshot!(added(
        "Telepon kami di 0812-0000-1111, atau buka arsip.contoh.go.id."
    ));
}

#[test]
fn review_overdue() {
    assert_snapshot!(on("2027-11-23"));
}

#[test]
fn review_of_a_profile_that_asks_for_it_sooner() {
    let fixture = Fixture::sound().replace(PROFILE, "warna = ", "tinjau_bulan = 3\nwarna = ");
    let months = |day| {
        let output = fixture.pandu(&["check", "--today", day]);
        String::from_utf8(output.stderr)
            .unwrap()
            .matches("warning[review-overdue]")
            .count()
    };
    assert_eq!(months("2027-02-22"), 0);
    assert_eq!(months("2027-02-23"), 3);
}

#[test]
fn review_in_the_future() {
    assert_snapshot!(on("2026-11-22"));
}

#[test]
fn doubtful_sources() {
    let fixture = Fixture::sound()
        .replace(
            GUIDE,
            "bagian = \"Bab 2\"",
            "bagian = \"Bab 2\", ragu = \"Port tertulis dua kali.\"",
        )
        .replace(
            PROFILE,
            "bagian = \"Bab 2, tabel 3\"",
            "bagian = \"Bab 2, tabel 3\", ragu = \"Tabel berbeda dari gambar.\"",
        );
    assert_snapshot!(fixture.warnings());
}

#[test]
fn page_that_nothing_leads_to() {
    let fixture =
        Fixture::sound().replace("index.md", "- [Aktifkan akun TTE](tte/aktivasi.md)\n", "");
    // Statuses and problems lead to it, too.
    let output = fixture.check(&["--strict"]);
    assert!(output.status.success(), "{output:?}");
    let fixture = second_guide("Buka laptop.").replace(
        GUIDE,
        "Memakai [laptop](laptop.md)?",
        "Memakai laptop? Baca email/laptop.md.",
    );
    assert_snapshot!(fixture.warnings());
}

/// Twenty-six words.
const LONG: &str = "Tekan tombol itu lalu tunggu sebentar sampai layar berikutnya tampil dan tekan tombol itu lagi lalu tunggu sebentar sampai layar berikutnya tampil dan tekan tombol lain.";

#[test]
fn sentences_too_long() {
    assert_eq!(LONG.split(' ').count(), 26);
    let steps = format!("::: langkah\n1. Buka **Email**.\n\n   {LONG}\n:::");
    let fixture = Fixture::sound()
        .append(GUIDE, &format!("\n{steps}\n"))
        .replace(
            "email/index.md",
            "Semua tentang email dinas.",
            &LONG.replace("lain", "ringkas"),
        )
        .replace("status.toml", "Pasang email di HP Anda.", LONG)
        .replace("masalah.toml", "Port salah ketik.", LONG);
    assert_snapshot!(fixture.warnings());
}

#[test]
fn sentence_of_the_greatest_length() {
    let fixture = Fixture::sound().append(GUIDE, &format!("\n{}\n", LONG.replace(" lain", "")));
    assert!(fixture.check(&["--strict"]).status.success());
}

#[test]
fn page_too_long() {
    assert_snapshot!(added(
        &"Buka aplikasi email, lalu baca surat Anda.\n\n".repeat(150)
    ));
}

#[test]
fn values_still_to_be_filled_in() {
    let fixture = Fixture::sound()
        .replace(
            PROFILE,
            "layanan = \"Email Dinas\"",
            "layanan = \"Email Dinas\" # ISI: nama layanan",
        )
        .replace(
            GUIDE,
            "ditinjau = 2026-11-23",
            "ditinjau = 2026-11-23 # ISI: tanggal",
        )
        .replace(
            "status.toml",
            "panduan = \"/email/hp.md\"",
            "panduan = \"/email/hp.md\" # ISI",
        )
        .replace(
            "tte/aktivasi.md",
            "bagian = \"Bab 3\" }]",
            "bagian = \"Bab 3\" }] # ISI: bab",
        );
    assert_snapshot!(fixture.warnings());
}

#[test]
fn facts_without_a_source() {
    let fixture = Fixture::sound()
        .replace(
            PROFILE,
            "warna = { dokumen = \"catatan\", bagian = \"Warna\" }\n",
            "",
        )
        .replace(
            PROFILE,
            "email = { dokumen = \"juknis\", bagian = \"Bab 2\" }\n",
            "\"email.imap\" = { dokumen = \"juknis\", bagian = \"Bab 2\" }\n",
        );
    assert_snapshot!(fixture.warnings());
}

#[test]
fn profile_without_sources() {
    let fixture = Fixture::sound();
    let path = fixture.guide(PROFILE);
    let text = std::fs::read_to_string(&path).unwrap();
    let (rest, _) = text.split_once("[sumber]").unwrap();
    std::fs::write(path, rest).unwrap();
    assert_snapshot!(fixture.warnings());
}

#[test]
fn shared_guide_that_nobody_uses() {
    let fixture = Fixture::sound().write_in(
        "content/bersama/tte/lain.md",
        "+++\njudul = \"Lain\"\n+++\n\nTeks.\n",
    );
    assert_snapshot!(fixture.warnings());
    // With one agency alone nobody can say.
    let alone = fixture.check(&["--strict", "--instansi", "kota-contoh"]);
    assert!(alone.status.success());
}

#[test]
fn shared_problem_of_a_page_and_a_desk_that_nobody_has() {
    let fixture = Fixture::sound()
        .replace_in(
            "content/bersama/masalah.toml",
            "panduan = [\"tte/aktivasi.md\"]",
            "panduan = [\"tte/aktivasi.md\", \"tte/aktifasi.md\"]",
        )
        .replace_in(
            "content/bersama/masalah.toml",
            "hubungi = \"verifikator\"",
            "hubungi = \"verifkator\"",
        );
    assert_snapshot!(fixture.warnings());
}

/// The first lines of all warnings.
fn titles(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| line.starts_with("warning["))
        .collect()
}

#[test]
fn rows_of_cards_and_screens_are_told_apart() {
    // A bare port belongs to the title's service, else to the server above it; `Portal` is none.
    let text = "::: layar jenis=hp IMAP\n1. **Port SMTP** {{ email.smtp.port }}\n2. **Port** {{ email.imap.port }}\n:::\n\n::: setelan Server\n- Server IMAP: {{ email.imap.host }}\n- Port: {{ email.imap.port }}\n- Server SMTP: {{ email.smtp.host }}\n- Port: {{ email.smtp.port }}\n- Portal: 12\n:::";
    let sound = Fixture::sound().append(GUIDE, &format!("\n{text}\n"));
    assert!(sound.check(&["--strict"]).status.success());
    let wrong = text.replace("- Port: {{ email.smtp.port }}", "- Port: 25");
    assert_snapshot!(added(&wrong));
}

#[test]
fn numbers_are_no_names_of_desks() {
    let fixture =
        second_guide("Hubungi 0812 7777 1111 atau 0812 7777 2222.\n\nMeja Sandi:\n0812 0000 1111")
            .append(
                GUIDE,
                "\nHubungi 0812 7777 1111 atau 0812 7777 3333.\n\nMeja Sandi:\n0812 0000 2222\n",
            );
    let text = fixture.warnings();
    assert!(!text.contains("warning[contradiction]"), "{text}");
    assert_eq!(titles(&text).len(), 6, "{text}");
}

#[test]
fn hosts_in_curly_quotes() {
    assert_snapshot!(added("Buka “arsip.contoh.go.id” atau —rapat.contoh.go.id."));
}

#[test]
fn data_and_front_matter_are_judged() {
    let fixture = Fixture::sound()
        .replace(
            GUIDE,
            "Baca email dinas di HP Anda.",
            "Telepon kami di 0812-0000-1111.",
        )
        .replace(
            "masalah.toml",
            "Port salah ketik.",
            "Server arsip.contoh.go.id tutup.",
        )
        .replace_in(
            "content/bersama/status.toml",
            "Tunggu kabar.",
            "Telepon kami di 0812-0000-2222.",
        );
    assert_snapshot!(fixture.warnings());
}

#[test]
fn step_below_a_table_and_lines_of_an_address() {
    let table = "   | A | B |\n   |---|---|\n   | 1 | 2 |";
    let short = LONG.split(' ').take(14).collect::<Vec<_>>().join(" ");
    let text =
        format!("::: langkah\n1. Buka **Email**.\n\n{table}\n2. {LONG}\n:::\n\n{short}\\\n{short}");
    assert_snapshot!(added(&text));
}

#[test]
fn what_is_prepared_leads_to_a_page() {
    let fixture = second_guide("Buka laptop.")
        .replace(GUIDE, "Memakai [laptop](laptop.md)?", "Memakai laptop?")
        .replace(GUIDE, "\"Kata sandi email\"", "\"[Laptop](laptop.md)\"");
    let output = fixture.check(&["--strict"]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn words_that_only_look_like_sample_marks() {
    let fixture = Fixture::sound()
        .replace(
            PROFILE,
            "\"Email Dinas\"",
            "\"Email # ISI Dinas\" # ISIAN tetap",
        )
        .replace(
            PROFILE,
            "aplikasi = [\"SRIKANDI\"]",
            "aplikasi = [\n  \"SRIKANDI\", # ISI: aplikasi\n]",
        )
        .replace_in(
            "content/bersama/status.toml",
            "\"TTE aktif\"",
            "\"TTE aktif\" # ISI",
        );
    assert_snapshot!(fixture.warnings());
}

#[test]
fn review_due_on_the_last_day_of_a_shorter_month() {
    let fixture = Fixture::sound()
        .replace(PROFILE, "warna = ", "tinjau_bulan = 6\nwarna = ")
        .replace(GUIDE, "ditinjau = 2026-11-23", "ditinjau = 2026-08-31");
    let due = |day| {
        let output = fixture.pandu(&["check", "--today", day]);
        let text = String::from_utf8(output.stderr).unwrap();
        text.contains("last reviewed on 2026-08-31; due again since 2027-02-28")
    };
    assert!(!due("2027-02-27"));
    assert!(due("2027-02-28"));
}

/// A new agency builds at once: nothing but sample values is left to mend.
fn new_agency_is_sound(fixture: &Fixture) {
    let made = fixture.pandu(&["new", "instansi", "kota-baru"]);
    assert!(made.status.success(), "{made:?}");
    let output = fixture.pandu(&["check", "--instansi", "kota-baru"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}");
    let titles = titles(&text);
    assert!(titles.len() > 20, "{text}");
    for title in titles {
        assert!(title.starts_with("warning[unfilled]"), "{text}");
    }
}

#[test]
fn new_agency_among_others() {
    new_agency_is_sound(&Fixture::sound());
}

#[test]
fn new_agency_where_nothing_is_shared() {
    let fixture = Fixture::sound();
    std::fs::remove_dir_all(fixture.root().join("content/bersama")).unwrap();
    new_agency_is_sound(&fixture);
}

#[test]
fn facts_typed_out_in_what_all_share() {
    let fixture = Fixture::sound()
        .replace_in(
            "content/bersama/status.toml",
            "Tunggu kabar.",
            "Tanya 0811-1111-2222.",
        )
        .replace_in(
            "content/bersama/masalah.toml",
            "Apa yang Anda lihat?",
            "Apa yang Anda lihat di mail.contoh.go.id?",
        );
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn data_that_nobody_reads() {
    let fixture = Fixture::sound()
        .replace(PROFILE, "email = [\"nip\", \"nama\"]\n", "")
        .append(
            "masalah.toml",
            "\n[[masalah]]\nid = \"lain\"\ndi = \"email-hp\"\ngejala = \"{{ tidak.ada }}\"\nsebab = \"x\"\nsolusi = [\"x\"]\nhubungi = \"verifkator\"\npanduan = [\"email/hape.md\"]\n\n[[pertanyaan]]\nid = \"sepi\"\ndi = \"mulai\"\npilihan = \"{{ juga.tidak }}\"\ntanya = \"x\"\n",
        );
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn facts_and_ids_that_cannot_be_named() {
    let fixture = Fixture::sound()
        .append(
            PROFILE,
            "tautan = { dokumen = \"juknis\", bagian = \"Bab 6\" }\n\n[tautan]\n2025 = \"https://arsip.example/\"\n",
        )
        .append(GUIDE, "\nBeri nama dengan `{#id}`\n\nSatu baris {#lain}\n");
    assert_snapshot!(fixture.mistakes());
}

#[test]
fn warnings_count_as_strictly_as_asked() {
    let fixture =
        Fixture::sound().append(GUIDE, &format!("\n{LONG}\n\nBuka arsip.contoh.go.id.\n"));
    let codes = |options: &[&str]| {
        let output = fixture.check(options);
        let text = String::from_utf8(output.stderr).unwrap();
        let count = |kind: &str| text.matches(kind).count();
        (
            output.status.code().unwrap(),
            count("warning["),
            count("error["),
            text.lines().last().unwrap_or("").to_owned(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    assert_eq!(
        codes(&[]),
        (
            0,
            2,
            0,
            "2 warnings in 1 file".to_owned(),
            "10 pages checked, no error\n".to_owned()
        )
    );
    assert_eq!(
        codes(&["--strict"]),
        (
            1,
            0,
            2,
            "2 mistakes in 1 file; nothing was written".to_owned(),
            String::new()
        )
    );
    assert_eq!(
        codes(&["--strict", "--allow", "long-sentence"]),
        (
            1,
            0,
            1,
            "1 mistake in 1 file; nothing was written".to_owned(),
            String::new()
        )
    );
    assert_eq!(
        codes(&[
            "--strict",
            "--allow",
            "long-sentence",
            "--allow",
            "unheld-fact"
        ]),
        (
            0,
            0,
            0,
            String::new(),
            "10 pages checked, no mistake\n".to_owned()
        )
    );
}

#[test]
fn kind_of_warning_that_does_not_exist() {
    let output = Fixture::sound().check(&["--allow", "long-sentense"]);
    assert_eq!(output.status.code(), Some(2));
    assert_snapshot!(String::from_utf8(output.stderr).unwrap());
}

#[test]
fn warnings_wait_while_there_are_errors() {
    let fixture = Fixture::sound()
        .append(GUIDE, &format!("\n{LONG}\n"))
        .replace(GUIDE, "(/index.md)", "(/idnex.md)");
    let text = fixture.mistakes();
    assert!(
        text.ends_with("1 mistake in 1 file; nothing was written\n"),
        "{text}"
    );
}
