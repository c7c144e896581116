//! What an Indonesian word may be derived from: a set of candidates, not one answer.
//!
//! Two words belong together where they share a candidate: *mengirim* (`irim`, `kirim`) and *terkirim* (`kirim`).
//! Snowball's Indonesian stemmer, which several crates carry, must decide for one stem without knowing any word: of
//! *mengirim* it makes `irim`, which meets no other form. Stemmers that decide rightly need a dictionary of some
//! 26,000 roots. A candidate too many does little harm here, since it meets only words that the guides hold.

/// Shorter ones say nothing.
const SHORTEST: usize = 3;

/// A candidate: what is left of the word, after the letter that a prefix had swallowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stem<'a> {
    restored: Option<u8>,
    rest: &'a str,
}

impl<'a> Stem<'a> {
    const fn plain(rest: &'a str) -> Self {
        Self {
            restored: None,
            rest,
        }
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.restored.into_iter().chain(self.rest.bytes())
    }

    fn len(&self) -> usize {
        usize::from(self.restored.is_some()) + self.rest.len()
    }

    /// A number that stands for it: FNV-1a, 64 bits.
    pub fn key(&self) -> u64 {
        self.bytes().fold(0xcbf2_9ce4_8422_2325, |key, byte| {
            (key ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    fn says_something(&self) -> bool {
        self.len() >= SHORTEST && self.bytes().any(vowel)
    }
}

const fn vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// The word itself and everything that it may be derived from. Wants it as [`crate::text`] spells it.
pub fn stems<'a>(word: &'a str, see: &mut dyn FnMut(Stem<'a>)) {
    see(Stem::plain(word));
    without_suffixes(word, &mut |form| {
        let mut told = |stem: Stem<'a>| {
            if stem.says_something() && stem.rest != word {
                see(stem);
            }
        };
        told(Stem::plain(form));
        without_prefix(form, &mut |stem| {
            told(stem);
            // memper-, diper-, keber-, pember-, seper- …; what was restored is no second prefix.
            if stem.restored.is_none()
                && ["per", "ber", "ter", "pe"]
                    .iter()
                    .any(|second| stem.rest.starts_with(second))
            {
                without_prefix(stem.rest, &mut told);
            }
        });
    });
}

/// The word, and without its endings from the outside in: particle, possessive, derivation.
fn without_suffixes<'a>(word: &'a str, see: &mut dyn FnMut(&'a str)) {
    fn each<'a>(word: &'a str, kinds: &[&[(&str, usize)]], see: &mut dyn FnMut(&'a str)) {
        let Some((endings, inner)) = kinds.split_first() else {
            return see(word);
        };
        each(word, inner, see);
        for (ending, least) in *endings {
            if let Some(rest) = word
                .strip_suffix(ending)
                .filter(|rest| rest.len() >= *least)
            {
                each(rest, inner, see);
            }
        }
    }
    const PARTICLES: &[(&str, usize)] = &[("lah", 3), ("kah", 4), ("pun", 4)];
    const POSSESSIVES: &[(&str, usize)] = &[("nya", 3), ("ku", 4), ("mu", 4)];
    // -in is how -kan and -i are spoken; -asi and -ator are a loan's: aktivasi and aktif, verifikasi and verifikator.
    const DERIVATIONS: &[(&str, usize)] = &[
        ("kan", 3),
        ("an", 3),
        ("i", 3),
        ("in", 4),
        ("asi", 4),
        ("ator", 4),
    ];
    each(word, &[PARTICLES, POSSESSIVES, DERIVATIONS], see);
}

/// Without its first prefix, in each way that it may have been put on. Before a vowel, me- and pe- have swallowed k, p, s or t.
fn without_prefix<'a>(word: &'a str, see: &mut dyn FnMut(Stem<'a>)) {
    for prefix in [
        "di", "ke", "se", "ber", "be", "bel", "ter", "te", "per", "pe", "pel", "me",
    ] {
        if let Some(rest) = word.strip_prefix(prefix) {
            see(Stem::plain(rest));
        }
    }
    // Spoken: ngirim, ngecek, nyimpan.
    for before in ["me", "pe", ""] {
        let Some(nasal) = word.strip_prefix(before) else {
            continue;
        };
        for (sound, swallowed) in [("ng", b'k'), ("ny", b's'), ("m", b'p'), ("n", b't')] {
            if before.is_empty() && sound.len() == 1 {
                continue;
            }
            let Some(rest) = nasal.strip_prefix(sound) else {
                continue;
            };
            see(Stem::plain(rest));
            if rest.bytes().next().is_some_and(vowel) {
                see(Stem {
                    restored: Some(swallowed),
                    rest,
                });
            }
            // mengecek, pengecekan
            if let Some(short) = rest.strip_prefix('e').filter(|_| sound == "ng") {
                see(Stem::plain(short));
            }
        }
    }
}

/// True where two words may be forms of one.
pub fn related(one: &str, other: &str) -> bool {
    let mut keys = Vec::new();
    stems(one, &mut |stem| keys.push(stem.key()));
    let mut found = false;
    stems(other, &mut |stem| found |= keys.contains(&stem.key()));
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::text::words;
    use proptest::prelude::*;

    fn are_related(one: &str, other: &str) -> bool {
        let folded = |word: &str| words(word).remove(0).folded;
        related(&folded(one), &folded(other))
    }

    #[test]
    fn forms_of_one_word_belong_together() {
        for family in [
            "kirim mengirim mengirimkan terkirim dikirim pengirim pengiriman kirimkan kirimi ngirim kirimin",
            "masuk memasukkan memasukan masukkan dimasukkan termasuk masukin",
            "tandatangan menandatangani penandatanganan ditandatangani bertandatangan penandatangan",
            "aktif aktivasi aktifasi aktifkan aktivkan mengaktifkan diaktifkan pengaktifan keaktifan aktifin",
            "daftar mendaftar mendaftarkan pendaftaran terdaftar didaftarkan pendaftar",
            "pasang memasang pemasangan dipasang terpasang pasangkan",
            "setel menyetel setelan disetel penyetelan",
            "simpan menyimpan penyimpanan disimpan tersimpan simpanlah nyimpan",
            "tolak menolak ditolak penolakan tertolak",
            "ubah mengubah perubahan diubah berubah ubahlah",
            "terbit menerbitkan penerbitan diterbitkan terbitnya",
            "cek mengecek pengecekan dicek ngecek cekkan",
            "verifikasi memverifikasi verifikator diverifikasi verifikasinya",
            "panjang perpanjang memperpanjang perpanjangan diperpanjang",
            "aju ajukan mengajukan pengajuan diajukan pengaju",
            "mohon memohon permohonan pemohon permohonannya",
            "tunggu menunggu ditunggu tunggulah",
            "pakai memakai pemakaian dipakai pemakai terpakai",
            "baru perbarui memperbarui pembaruan diperbarui terbaru",
            "setuju menyetujui persetujuan disetujui penyetujuan",
            "isi mengisi pengisian diisi isian isikan isilah",
            "surat surat-surat suratnya",
            "klik mengklik diklik",
            "reset mereset direset",
            "ketik mengetik diketik ketikkan",
        ] {
            let mut words = family.split(' ');
            let root = words.next().unwrap();
            for word in words {
                assert!(are_related(root, word), "{root} and {word}");
            }
        }
    }

    #[test]
    fn other_words_do_not() {
        for (one, other) in [
            ("kirim", "krim"),
            ("sandi", "akun"),
            ("masuk", "masker"),
            ("surat", "syarat"),
            ("tanda", "tangan"),
            ("data", "tanda"),
            ("email", "emas"),
            ("terbit", "terima"),
            ("server", "servis"),
            ("passphrase", "password"),
            ("kontak", "kotak"),
            ("nomor", "nama"),
            ("setuju", "setel"),
            ("pakai", "pasang"),
        ] {
            assert!(!are_related(one, other), "{one} and {other}");
        }
    }

    proptest! {
        #[test]
        fn any_word_has_itself_and_few_more(word in "[a-z0-9é]{0,24}") {
            let (mut all, mut itself) = (0, false);
            stems(&word, &mut |stem| {
                all += 1;
                itself |= stem.restored.is_none() && stem.rest == word;
            });
            prop_assert!(itself);
            prop_assert!(all < 200, "{all} candidates of {word}");
        }
    }
}
