//! `pandu facts`: every fact of an agency, its source, and the pages that use it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use insta::assert_snapshot;
use tests::fixture::Fixture;

fn facts(fixture: &Fixture, agency: &str) -> String {
    let output = fixture.pandu(&["facts", agency]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// What is listed of one fact.
fn fact(text: &str, path: &str) -> String {
    let start = format!("{path} = ");
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&start));
    let found: Vec<&str> = lines.by_ref().take(3).collect();
    assert!(!found.is_empty(), "no fact {path}: {text}");
    found.join("\n")
}

#[test]
fn all_facts_of_an_agency() {
    let fixture = Fixture::sound()
        .replace(
            "instansi.toml",
            "bagian = \"Bab 2, tabel 3\"",
            "bagian = \"Bab 2, tabel 3\", ragu = \"Tabel berbeda dari gambar.\"",
        )
        .replace(
            "instansi.toml",
            "fakta = { dokumen = \"juknis\", bagian = \"Lampiran\" }\n",
            "",
        );
    assert_snapshot!(facts(&fixture, "kota-contoh"));
}

#[test]
fn facts_of_an_agency_among_others() {
    assert_snapshot!(facts(&Fixture::two_agencies(), "kab-contoh"));
}

#[test]
fn what_an_agency_takes_out_is_not_used() {
    let fixture = Fixture::sound().append("tte/aktivasi.md", "\n::: hapus blok=tautan\n:::\n");
    let text = facts(&fixture, "kota-contoh");
    assert!(
        fact(&text, "tte.kanal_tautan").ends_with("used on: no page"),
        "{text}"
    );
}

#[test]
fn blocks_and_data_use_facts() {
    let fixture = Fixture::sound().append(
        "email/hp.md",
        "\n::: uji-passphrase\nTidak tampil.\n:::\n\n::: daftar-status jenis=tte\n:::\n",
    );
    let text = facts(&fixture, "kota-contoh");
    assert!(fact(&text, "passphrase.minimal").ends_with("used on: email/hp.md"));
    assert!(fact(&text, "tte.kanal_tautan").ends_with("used on: email/hp.md, tte/aktivasi.md"));
}

#[test]
fn each_fact_by_its_own_path() {
    let fixture = Fixture::sound()
        .append(
            "instansi.toml",
            "tautan = { dokumen = \"juknis\", bagian = \"Bab 6\" }\n\n[tautan]\nwhatsapp_admin = \"https://wa.example/admin\"\n",
        )
        .append("email/hp.md", "\n[Admin]({{ tautan.whatsapp_admin }}) atau {{ kontak.meja.verifikator.telepon[0].tampil }}.\n");
    let text = facts(&fixture, "kota-contoh");
    assert!(
        fact(&text, "tautan.whatsapp_admin").ends_with("used on: email/hp.md"),
        "{text}"
    );
    let used = "used on: bantuan/masalah.md, email/hp.md, tte/aktivasi.md";
    assert!(
        fact(&text, "kontak.meja.verifikator.whatsapp").ends_with(used),
        "{text}"
    );
}

#[test]
fn questions_use_facts() {
    let fixture = Fixture::sound().replace(
        "masalah.toml",
        "Apa yang tertulis di HP?",
        "Apa yang tertulis di aplikasi {{ email.domain }}?",
    );
    let text = facts(&fixture, "kota-contoh");
    assert!(
        fact(&text, "email.domain").ends_with("used on: bantuan/masalah.md"),
        "{text}"
    );
}

#[test]
fn agency_that_is_not_there() {
    let output = Fixture::sound().pandu(&["facts", "kota-lain"]);
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot!(String::from_utf8(output.stderr).unwrap());
}

#[test]
fn profile_with_a_mistake() {
    let fixture = Fixture::sound().replace("instansi.toml", "port = 993", "port = 99300");
    let output = fixture.pandu(&["facts", "kota-contoh"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    assert_snapshot!(String::from_utf8(output.stderr).unwrap());
}
