//! Configuration of the web server, generated for the agency: the content types and headers that our files need, the
//! names under which mail programs ask for them, the look-up behind the site.

use minijinja::{Environment, context, syntax::SyntaxConfig};

use super::{Setup, SetupFile};

pub(super) fn nginx(setup: Setup<'_>) -> String {
    render(setup, include_str!("nginx.conf"))
}

pub(super) fn caddy(setup: Setup<'_>) -> String {
    render(setup, include_str!("Caddyfile"))
}

fn render(setup: Setup<'_>, template: &str) -> String {
    let mail = setup.mail();
    let below = |name: &str| -> Vec<String> {
        let domains = mail.domains();
        domains
            .map(|domain| format!("{name}.{}", domain.as_str()))
            .collect()
    };
    let offered = |file: SetupFile| file.is_offered(mail);
    let profile = &setup.agency.profile;
    let autoconfig = if offered(SetupFile::Autoconfig) {
        below("autoconfig")
    } else {
        Vec::new()
    };
    let pacc = if offered(SetupFile::Pacc) {
        below("ua-auto-config")
    } else {
        Vec::new()
    };
    let context = context! {
        host => setup.site.host_str(), path => setup.site.path(), prefix => setup.agency.prefix.as_str(),
        lookup => profile.looks_up_email || profile.looks_up_tte,
        domain => mail.domain.as_str(), autoconfig, pacc,
    };
    let mut environment = Environment::new();
    // The delimiters are minijinja's own, so building them does not fail.
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()
            .unwrap_or_default(),
    );
    // Our own template, with all that it names.
    environment
        .render_str(template, context)
        .unwrap_or_default()
}
