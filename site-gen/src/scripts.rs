//! The theme's scripts: a bundle at the theme's root names its parts (`import "./components/setelan/script.js";`),
//! which are joined in that order and minified by oxc. Parts are classic scripts, each closed in itself.

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    load::ThemeFile,
};

/// Joins and minifies `entry` (`site.js`) with all that it imports; empty where it can't be.
pub fn bundle(files: &[ThemeFile], entry: &ThemeFile, diagnostics: &mut Diagnostics) -> String {
    let mut joined = String::new();
    let mut offset = 0;
    for line in entry.source.text.split_inclusive('\n') {
        let span = offset..offset + line.trim_end().len();
        offset += line.len();
        let Some(path) = imported(line) else {
            joined.push_str(line);
            continue;
        };
        let Some(part) = files.iter().find(|file| file.path == path) else {
            let message = format!("the theme has no script `{path}`");
            let mistake = Diagnostic::new("script", &entry.source, span, message);
            diagnostics.push(mistake.hint("mend the path; it begins at the theme's folder"));
            continue;
        };
        match minify(&part.source.text, SourceType::script()) {
            Ok(code) => {
                joined.push_str(&code);
                joined.push('\n');
            }
            Err((at, message)) => {
                let span = at..(at + 1).min(part.source.text.len());
                let mistake = Diagnostic::new("script", &part.source, span, message);
                diagnostics.push(mistake.hint("mend the script"));
            }
        }
    }
    match minify(&joined, SourceType::script()) {
        Ok(code) => code,
        Err((_, message)) => {
            let mistake = Diagnostic::new("script", &entry.source, 0..1, message);
            diagnostics.push(mistake.hint("mend the script"));
            String::new()
        }
    }
}

/// The path in `import "./path";`.
fn imported(line: &str) -> Option<&str> {
    line.trim().strip_prefix("import \"./")?.strip_suffix("\";")
}

/// What a browser needs of a script. `kind` says whether it is a module.
///
/// # Errors
/// Where the first mistake is, in bytes, and what.
pub fn minify(text: &str, kind: SourceType) -> Result<String, (usize, String)> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, kind).parse();
    if let Some(error) = parsed.diagnostics.first() {
        let at = error
            .labels
            .first()
            .map_or(0, |label| label.offset() as usize);
        return Err((at, error.message.to_string()));
    }
    let mut program = parsed.program;
    let minified = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut program);
    let options = CodegenOptions::minify();
    let codegen = Codegen::new().with_options(options);
    Ok(codegen.with_scoping(minified.scoping).build(&program).code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minifies_and_tells_what_is_wrong() {
        let text = "// words\n(function () {\n  \"use strict\";\n  var long = document.title;\n  alert(long + long);\n})();\n";
        let code = minify(text, SourceType::script());
        assert!(code.is_ok_and(|code| code.len() < 70 && !code.contains("words")));
        let mistake = minify("var a = ;\n", SourceType::script());
        assert!(mistake.is_err_and(|(at, _)| at == 8));
    }
}
