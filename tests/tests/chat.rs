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
fn a_guide_becomes_a_message() {
    let fixture = Fixture::sound().write("email/semua.md", GUIDE);
    let workspace = Workspace::fresh().with_content_of(fixture.root());
    let output = workspace.run(&["build", "--base-url", "https://panduan.example/"]);
    assert!(output.status.success(), "{output:?}");
    let chat = |page: &str| fs::read_to_string(workspace.path("dist").join(page).join("chat.txt"));
    assert_snapshot!(chat("email/semua").unwrap());
    assert!(chat("email").is_err(), "only guides are shared");
}
