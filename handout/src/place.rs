//! Pages on the web, as paper leads to them: the address in words and as a QR code.

use qr::Code;

use crate::printed::Place;

impl Place {
    /// Of a page's whole address.
    pub fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            shown: shown(address).to_owned(),
            code: Code::new(address)
                .map(|code| svg(&code))
                .unwrap_or_default(),
        }
    }
}

/// An address as it is printed: without scheme and last slash, which browsers add.
pub fn shown(address: &str) -> &str {
    let (_, rest) = address
        .split_once("://")
        .or_else(|| address.split_once(':'))
        .unwrap_or(("", address));
    rest.strip_suffix('/').unwrap_or(rest)
}

/// The code with its quiet zone (ISO/IEC 18004: four modules), as one path: no reader sees seams between modules.
fn svg(code: &Code) -> String {
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|x| code.is_dark(*x, y)).count();
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + 4, y + 4));
            }
            x += run.max(1);
        }
    }
    let whole = size + 8;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"{whole}\" viewBox=\"0 0 {whole} {whole}\"><path d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_addresses_short() {
        assert_eq!(shown("https://contoh.go.id/"), "contoh.go.id");
        assert_eq!(shown("https://contoh.go.id/a/#b"), "contoh.go.id/a/#b");
        assert_eq!(shown("mailto:a@contoh.go.id"), "a@contoh.go.id");
        assert_eq!(shown("tel:+62811"), "+62811");
    }
}
