//! The theme: its templates in a minijinja environment, its icons, styles and scripts.

use std::{collections::BTreeMap, sync::Arc};

use minijinja::{
    Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, context,
    escape_formatter, syntax::SyntaxConfig,
};

use crate::{
    assets::{Asset, Assets},
    diagnostic::{Diagnostic, Diagnostics},
    html::escape,
    load::ThemeFile,
    medium::{Medium, relative},
    source::Source,
};

/// Templates and icons, ready to render.
pub struct Theme {
    environment: Environment<'static>,
    sources: BTreeMap<String, Source>,
}

/// Names of the theme's icons.
pub fn icon_names(files: &[ThemeFile]) -> Vec<&str> {
    files
        .iter()
        .filter_map(|file| file.path.strip_prefix("icons/")?.strip_suffix(".svg"))
        .collect()
}

impl Theme {
    /// Compiles the templates; `assets` is what `asset("…")`, `style("…")` and `script("…")` may name.
    pub fn new(
        files: &[ThemeFile],
        assets: &Arc<Assets>,
        medium: Medium,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(format);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
        // The delimiters are minijinja's own, so building them does not fail.
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .unwrap_or_default(),
        );
        let icons: BTreeMap<String, Value> = files
            .iter()
            .filter_map(|file| {
                let name = file.path.strip_prefix("icons/")?.strip_suffix(".svg")?;
                // What only the file alone needs is left out: inline, the namespace goes without saying, and .icon draws.
                let svg = [
                    " xmlns=\"http://www.w3.org/2000/svg\"",
                    " fill=\"none\"",
                    " stroke=\"currentColor\"",
                ]
                .iter()
                .fold(file.source.text.trim().to_owned(), |svg, attribute| {
                    svg.replacen(attribute, "", 1)
                })
                .replacen("<svg ", "<svg class=\"icon\" aria-hidden=\"true\" ", 1);
                Some((name.to_owned(), Value::from_safe_string(svg)))
            })
            .collect();
        environment.add_function("icon", move |name: &str| {
            icons.get(name).cloned().ok_or_else(|| {
                let known = icons
                    .keys()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(", ");
                Error::new(
                    ErrorKind::InvalidOperation,
                    format!("there is no icon `{name}`; icons are: {known}"),
                )
            })
        });
        environment.add_function(
            "link",
            move |state: &State<'_, '_>, path: &str| -> Result<String, Error> {
                Ok(medium.page(&of_page(state, "url")?, &root(state)?, path))
            },
        );
        let of = |kind: fn(&Reference) -> Value| {
            let assets = Arc::clone(assets);
            move |state: &State<'_, '_>, name: &str| -> Result<Value, Error> {
                let asset = known(&assets, name)?;
                Ok(kind(&Reference::new(asset, &root(state)?, medium)))
            }
        };
        environment.add_function("asset", of(Reference::value));
        environment.add_function("style", of(Reference::style));
        environment.add_function("script", of(Reference::script));
        environment.add_function("qr", code);
        environment.add_function("module", of(Reference::module));
        let mut sources = BTreeMap::new();
        for file in files.iter().filter(|file| file.path.ends_with(".html")) {
            let name = file
                .path
                .strip_prefix("templates/")
                .unwrap_or(&file.path)
                .to_owned();
            sources.insert(name.clone(), file.source.clone());
            if let Err(error) = environment.add_template_owned(name, file.source.text.clone()) {
                diagnostics.push(diagnostic(&error, &file.source));
            }
        }
        Self {
            environment,
            sources,
        }
    }

    /// Renders a template.
    ///
    /// # Errors
    /// The mistake in the template, at its place.
    pub fn render(&self, name: &str, context: Value) -> Result<String, TemplateError> {
        let missing = || TemplateError {
            name: name.to_owned(),
            diagnostic: None,
        };
        let source = self.sources.get(name).ok_or_else(missing)?;
        let rendered = self
            .environment
            .get_template(name)
            .and_then(|template| template.render(context));
        rendered.map_err(|error| {
            // The mistake may stand in a template that this one includes or extends.
            let error = innermost(&error);
            let place = error
                .name()
                .and_then(|name| self.sources.get(name))
                .unwrap_or(source);
            TemplateError {
                name: name.to_owned(),
                diagnostic: Some(Box::new(diagnostic(error, place))),
            }
        })
    }
}

/// Why a template could not be rendered.
pub struct TemplateError {
    /// The template.
    pub name: String,
    /// The mistake in it; none where the theme has no such template.
    pub diagnostic: Option<Box<Diagnostic>>,
}

/// An asset seen from a page.
struct Reference {
    href: String,
    integrity: Option<String>,
}

impl Reference {
    fn new(asset: &Asset, root: &str, medium: Medium) -> Self {
        Self {
            href: relative(root, &asset.path),
            integrity: (medium != Medium::Usb).then(|| asset.integrity.clone()),
        }
    }

    /// `{href, integrity}`
    fn value(&self) -> Value {
        context! { href => self.href.as_str(), integrity => self.integrity.as_deref().unwrap_or("") }
    }

    fn style(&self) -> Value {
        self.tag("<link rel=\"stylesheet\" href=", ">")
    }

    fn script(&self) -> Value {
        self.tag("<script src=", " defer></script>")
    }

    fn module(&self) -> Value {
        self.tag("<script type=\"module\" src=", "></script>")
    }

    fn tag(&self, open: &str, close: &str) -> Value {
        let integrity = self.integrity.as_ref();
        let integrity = integrity.map_or(String::new(), |hash| format!(" integrity=\"{hash}\""));
        let href = escape(&self.href);
        Value::from_safe_string(format!("{open}\"{href}\"{integrity}{close}"))
    }
}

/// A text as a QR code: `{view_box, path, dashes}` of the SVG that draws it.
fn code(text: &str) -> Result<Value, Error> {
    let code = qr::Code::new(text)
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
    let qr::Drawing {
        view_box,
        path,
        dashes,
    } = qr::Drawing::new(&code);
    Ok(context! { view_box, path, dashes })
}

fn known<'a>(assets: &'a Assets, name: &str) -> Result<&'a Asset, Error> {
    assets.get(name).ok_or_else(|| {
        let known = assets.names().collect::<Vec<_>>().join(", ");
        Error::new(
            ErrorKind::InvalidOperation,
            format!("there is no asset `{name}`; assets are: {known}"),
        )
    })
}

/// Escapes what HTML demands and no more: minijinja's own would also write every `/` as six bytes.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => Ok(out.write_str(&escape(text))?),
        _ => escape_formatter(out, state, value),
    }
}

fn root(state: &State<'_, '_>) -> Result<String, Error> {
    of_page(state, "root")
}

fn of_page(state: &State<'_, '_>, key: &str) -> Result<String, Error> {
    let page = state.lookup("page").unwrap_or(Value::UNDEFINED);
    page.get_attr(key).map(|value| value.to_string())
}

/// The mistake itself: of an include, minijinja tells the include and has the mistake as its cause.
fn innermost(error: &Error) -> &Error {
    let cause = std::error::Error::source(error);
    let cause = cause.and_then(|cause| cause.downcast_ref::<Error>());
    cause.map_or(error, innermost)
}

fn diagnostic(error: &Error, source: &Source) -> Diagnostic {
    let start = source.line_start(error.line().unwrap_or(1));
    let whole_line = start..start + source.text[start..].lines().next().unwrap_or("").len();
    let span = error
        .range()
        .filter(|range| range.end <= source.text.len())
        .unwrap_or(whole_line);
    let message = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    let hint = match error.kind() {
        ErrorKind::UndefinedError => {
            "templates see `site`, `agency`, `nav` and `page`; components also their own values"
        }
        ErrorKind::SyntaxError => {
            "templates are minijinja: {% if … %}, {% for … %}, {{ value }}, {# remark #}"
        }
        _ => {
            "templates call link(\"path/\"), asset(\"favicon.svg\"), style(\"site.css\"), script(\"site.js\") and icon(\"phone\")"
        }
    };
    Diagnostic::new("template", source, span, message).hint(hint)
}
