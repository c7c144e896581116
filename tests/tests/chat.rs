//! `chat.txt`, the text of a guide for WhatsApp, from a real build.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use insta::assert_snapshot;
use tests::{fixture::Fixture, workspace::Workspace};

/// What a guide may hold, and what chat makes of it.
const GUIDE: &str = r#"+++
judul = "Semua bentuk"
ringkasan = "Satu panduan dengan semua bentuk."
siapkan = ["Kata sandi **email**", "HP"]
ditinjau = 2026-11-23
sumber = [{ dokumen = "juknis", bagian = "Bab 2" }]
+++

Ada *empat* **cara**, lihat [beranda](/index.md) atau [situs lain](https://lain.example/baca).

## Setelan

::: setelan Surat masuk
- Port: {{ email.imap.port }}
- Password: *kata sandi Anda*
:::

## Langkah

::: langkah
1. Buka **Email**, ketuk **Lanjut**.

   Tunggu sebentar.

   ::: layar jenis=formulir Masuk
   1. **Nama** joni — Tanpa gelar.
   2. **Masuk** *tombol*
   :::

2. Selesai:
   - satu
   - dua
:::

### Letak

| Kotak | Isi | Catatan |
|---|---|---|
| Masuk | 5 | baru |
| Keluar | 2 | |

::: pilihan Perangkat Anda
::: opsi HP
Ketuk.
:::
::: opsi Laptop
Klik.
:::
:::

```
baris satu
baris dua
```

## Hubungi

::: kontak
:::

::: awas Jangan kirim kata sandi
Kepada siapa pun.
:::
"#;

#[test]
fn a_guide_too_long_for_a_message_is_parted_between_two_steps() {
    let steps: String = (1..=60)
        .map(|n| format!("{n}. Langkah ke-{n}: buka aplikasi, lalu tunggu sampai layarnya berubah.\n\n    Sabar sebentar, ini langkah yang ke-{n}.\n"))
        .collect();
    let guide = format!(
        "+++\njudul = \"Panjang\"\nringkasan = \"Satu panduan yang panjang.\"\nditinjau = 2026-11-23\nsumber = [{{ dokumen = \"juknis\", bagian = \"Bab 2\" }}]\n+++\n\n## Langkah\n\n::: langkah\n{steps}:::\n"
    );
    let fixture = Fixture::sound().write("email/panjang.md", guide);
    let workspace = Workspace::fresh().with_content_of(fixture.root());
    let output = workspace.run(&["build", "--base-url", "https://panduan.example/"]);
    assert!(output.status.success(), "{output:?}");
    let folder = workspace.path("dist/email/panjang");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let (first, second) = (read("chat.txt"), read("chat-2.txt"));
    assert!(!folder.join("chat-3.txt").exists());
    for message in [&first, &second] {
        assert!(message.encode_utf16().count() <= 4096);
    }
    assert!(first.starts_with("*Panjang (1/2)*\nSatu panduan yang panjang.\n\n*Langkah*\n1. "));
    assert!(first.ends_with("\n\n_Lanjut ke pesan 2._\n"), "{first}");
    assert!(second.starts_with("*Panjang (2/2)*\n"));
    assert!(second.ends_with("\n\nSelengkapnya: https://panduan.example/email/panjang/\n"));
    // Each step is whole in one of the two, and all are there.
    for n in 1..=60 {
        let step = format!(
            "{n}. Langkah ke-{n}: buka aplikasi, lalu tunggu sampai layarnya berubah.\n   Sabar sebentar, ini langkah yang ke-{n}.\n"
        );
        assert!(first.contains(&step) != second.contains(&step), "step {n}");
    }
    // A button for each on the page.
    let page = fs::read_to_string(folder.join("index.html")).unwrap();
    for words in ["Salin pesan 1 dari 2", "Salin pesan 2 dari 2", "chat-2.txt"] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn a_guide_becomes_a_message() {
    let fixture = Fixture::sound().write("email/semua.md", GUIDE);
    let workspace = Workspace::fresh().with_content_of(fixture.root());
    let output = workspace.run(&["build", "--base-url", "https://panduan.example/"]);
    assert!(output.status.success(), "{output:?}");
    let chat = |page: &str| fs::read_to_string(workspace.path("dist").join(page).join("chat.txt"));
    assert_snapshot!(chat("email/semua").unwrap());
    assert!(chat("email").is_err(), "only guides are shared");
}
