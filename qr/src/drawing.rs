//! The square of modules → an SVG path, in few bytes.

use std::fmt::Write;

use crate::Code;

/// Light modules that must surround a code (ISO/IEC 18004, 6.3.8).
pub const QUIET: usize = 4;

/// A code as an SVG element draws it: `<svg viewBox="…"><path d="…" stroke-dasharray="…"/></svg>`, with a dark stroke of
/// width 1 and no fill, on a light ground.
///
/// One line runs through all rows, to the right, down, to the left, down; its dashes are the dark modules. That takes
/// a quarter less than a path of rows, which names every gap's and every run's direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The code with its quiet zone; its unit is a module.
    pub view_box: String,
    /// The line. Each row's middle has the row's number as its height.
    pub path: String,
    /// Lengths of dark and light, in turns.
    pub dashes: String,
}

impl Drawing {
    /// Draws a code.
    pub fn new(code: &Code) -> Self {
        let size = code.size();
        let whole = size + 2 * QUIET;
        // Writing to a String does not fail.
        let mut path = "M0 0".to_owned();
        for y in 0..size {
            let (down, back) = (
                if y > 0 { "v1" } else { "" },
                if y % 2 == 1 { "-" } else { "" },
            );
            let _ = write!(path, "{down}h{back}{size}");
        }
        Self {
            view_box: format!("-{QUIET} -{QUIET}.5 {whole} {whole}"),
            path,
            dashes: runs(code)
                .iter()
                .map(usize::to_string)
                .collect::<Vec<_>>()
                .join(" "),
        }
    }
}

/// Lengths of dark and light along the line, dark first: every code begins with a finder pattern. The way down to the
/// next row is light. An even number, since dashes are repeated from the start.
fn runs(code: &Code) -> Vec<usize> {
    let size = code.size();
    let row = |y: usize| {
        let place = move |step: usize| {
            if y.is_multiple_of(2) {
                step
            } else {
                size - 1 - step
            }
        };
        (0..size).map(move |step| code.is_dark(place(step), y))
    };
    let line = (0..size).flat_map(|y| row(y).chain([false]));
    let mut runs = vec![0];
    let mut dark = true;
    for module in line {
        if module != dark {
            runs.push(0);
            dark = module;
        }
        if let Some(run) = runs.last_mut() {
            *run += 1;
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// The modules that the line darkens, walked step by step.
    fn darkened(drawing: &Drawing, size: usize) -> Vec<(usize, usize)> {
        let dashes = drawing.dashes.split(' ').enumerate();
        let mut dashes = dashes.flat_map(|(at, length)| {
            std::iter::repeat_n(at % 2 == 0, length.parse::<usize>().unwrap())
        });
        let mut found = Vec::new();
        let (mut x, mut y) = (0_i64, 0_i64);
        for (command, length) in commands(&drawing.path) {
            for _ in 0..length.abs() {
                let dark = dashes.next().unwrap();
                match command {
                    'h' => {
                        let from = if length > 0 { x } else { x - 1 };
                        if dark {
                            found.push((
                                usize::try_from(from).unwrap(),
                                usize::try_from(y).unwrap(),
                            ));
                        }
                        x += length.signum();
                    }
                    _ => {
                        assert!(!dark, "the way down is light");
                        y += 1;
                    }
                }
            }
        }
        assert_eq!(y, i64::try_from(size).unwrap() - 1);
        found.sort_by_key(|(x, y)| (*y, *x));
        found
    }

    fn commands(path: &str) -> Vec<(char, i64)> {
        let mut commands = Vec::new();
        let mut rest = path.strip_prefix("M0 0").unwrap();
        while let Some(command) = rest.chars().next() {
            let end = rest[1..].find(|c: char| c.is_ascii_alphabetic());
            let end = end.map_or(rest.len(), |end| end + 1);
            commands.push((command, rest[1..end].parse().unwrap()));
            rest = &rest[end..];
        }
        commands
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn darkens_the_dark_modules_and_no_other(text in "[ -~]{0,200}") {
            let code = Code::new(&text).unwrap();
            let drawing = Drawing::new(&code);
            let size = code.size();
            let all = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
            let dark: Vec<_> = all.filter(|(x, y)| code.is_dark(*x, *y)).collect();
            prop_assert_eq!(darkened(&drawing, size), dark);
            let dashes = drawing.dashes.split(' ').count();
            prop_assert_eq!(dashes % 2, 0, "an odd number would be repeated with light and dark exchanged");
        }
    }

    #[test]
    fn leaves_the_quiet_zone() {
        let drawing = Drawing::new(&Code::new("A").unwrap());
        assert_eq!(drawing.view_box, "-4 -4.5 29 29");
        assert!(drawing.path.starts_with("M0 0h21v1h-21v1h21"));
        assert!(drawing.dashes.starts_with("7 "));
    }
}
