//! A stylesheet as a browser meets it: what it loads.

use lightningcss::{
    dependencies::{Dependency, DependencyOptions},
    stylesheet::{ParserOptions, PrinterOptions, StyleSheet},
};

/// What was found in a stylesheet.
#[derive(Default)]
pub struct Style {
    /// Addresses of what it loads: images, further stylesheets.
    pub addresses: Vec<String>,
    /// True where it brings a font along.
    pub has_font: bool,
}

/// Reads a stylesheet; what can't be understood loads nothing, as in a browser.
pub fn read(text: &str) -> Style {
    let options = ParserOptions {
        error_recovery: true,
        ..ParserOptions::default()
    };
    let Ok(sheet) = StyleSheet::parse(text, options) else {
        return Style::default();
    };
    let options = PrinterOptions {
        analyze_dependencies: Some(DependencyOptions::default()),
        ..PrinterOptions::default()
    };
    let Ok(printed) = sheet.to_css(options) else {
        return Style::default();
    };
    let dependencies = printed.dependencies.unwrap_or_default().into_iter();
    let addresses = dependencies.map(|dependency| match dependency {
        Dependency::Import(import) => import.url,
        Dependency::Url(url) => url.url,
    });
    Style {
        addresses: addresses.collect(),
        has_font: printed.code.contains("@font-face"),
    }
}
