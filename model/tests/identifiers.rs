//! Identifiers from strangers: any text is one or is not, and one that is stays the same when read again.
#![allow(clippy::unwrap_used)]

use model::identifier::{EmailAddress, FullName, Nik, Nip, Nrk, NrkFormat, mask_address};
use proptest::prelude::*;

/// What people type and copy, and what they do not.
fn text() -> impl Strategy<Value = String> {
    let pieces = [
        "198001312005011",
        "999",
        "3171",
        "0",
        "-",
        ".",
        " ",
        "\u{a0}",
        "\u{200b}",
        "\u{202e}",
        "٣",
        "１",
        "joko",
        "@",
        "@contoh.go.id",
        "<",
        "\"",
        "Drs. ",
        ", S.Kom",
        "Ma’ruf",
        "É",
        "e\u{301}",
        "ß",
        "İ",
        "\u{0}",
        "\n",
        "😀",
    ];
    prop_oneof![
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..12)
            .prop_map(|pieces| pieces.concat()),
        "\\PC{0,300}",
        ".{0,40}",
        "[0-9 .-]{0,24}",
        "[a-zA-Z.'’ ,-]{0,130}",
        "[a-z0-9._+-]{0,70}@[a-z0-9.-]{0,30}",
    ]
}

const DOMAINS: [&str; 2] = ["contoh.go.id", "xn--contoh-9ya.go.id"];

/// Text that is accepted, and what it becomes, is accepted again and becomes the same.
fn is_stable<T>(text: &str, parse: impl Fn(&str) -> Option<T>, read: impl Fn(&T) -> &str) -> bool {
    parse(text)
        .is_none_or(|first| parse(read(&first)).is_some_and(|second| read(&second) == read(&first)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_an_identifier_or_not(text in text(), digits in 1_i64..30) {
        prop_assert!(is_stable(&text, |text| Nip::parse(text).ok(), Nip::as_str));
        prop_assert!(is_stable(&text, |text| Nik::parse(text).ok(), Nik::as_str));
        prop_assert!(is_stable(&text, |text| FullName::parse(text).ok(), FullName::as_str));
        let address = |text: &str| EmailAddress::parse(text, &DOMAINS).ok();
        prop_assert!(is_stable(&text, address, EmailAddress::as_str));
        if let Ok(format) = NrkFormat::new(digits) {
            prop_assert!(is_stable(&text, |text| Nrk::parse(text, format).ok(), Nrk::as_str));
        }
    }

    /// No error repeats what was given.
    #[test]
    fn errors_tell_nothing(text in "[a-z0-9]{6,40}") {
        let errors = [
            Nip::parse(&text).err().map(|error| error.to_string()),
            Nik::parse(&text).err().map(|error| error.to_string()),
            EmailAddress::parse(&text, &DOMAINS).err().map(|error| error.to_string()),
            FullName::parse(&text).err().map(|error| error.to_string()),
        ];
        for error in errors.into_iter().flatten() {
            prop_assert!(!error.contains(&text), "{error}");
        }
    }

    /// A masked address shows at most its first and last letter before the domain.
    #[test]
    fn any_text_is_masked(text in text()) {
        let masked = mask_address(&text);
        let (own, domain) = text.split_once('@').unwrap_or_default();
        prop_assume!(!own.contains('•'));
        let Some((name, own_domain)) = masked.split_once('@') else {
            prop_assert!(masked.is_empty());
            return Ok(());
        };
        prop_assert_eq!(domain, own_domain);
        prop_assert!(name.chars().filter(|c| *c != '•').count() <= 2, "{name}");
    }
}
