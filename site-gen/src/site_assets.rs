//! The files that pages load, from everywhere they come from: the theme, each agency, the browser code.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{
    assets::Assets,
    client::Client,
    diagnostic::Diagnostics,
    icons,
    load::ThemeFile,
    medium::Medium,
    scripts,
    sealed::{self, Sealed},
    search_index,
    site::Site,
    styles,
};

/// The stylesheets of which every page has one (`deck`: slides); an agency's pages have their own, with its colour.
const SITE_STYLES: [&str; 3] = ["site", "screen", "deck"];

/// The assets, and what stands inside of documents instead.
pub struct SiteAssets {
    /// Files under names that follow their content.
    pub assets: Assets,
    /// The style inside sealed frames, by agency.
    pub frame_styles: BTreeMap<(Sealed, String), String>,
    /// The script inside of them.
    pub frame_scripts: BTreeMap<Sealed, String>,
}

/// Makes them; without a site, the theme's alone.
pub fn make(
    site: Option<&Site>,
    theme_files: &[ThemeFile],
    client: Client,
    medium: Medium,
    diagnostics: &mut Diagnostics,
) -> SiteAssets {
    let mut frame_styles = BTreeMap::new();
    let mut assets = theme_assets(theme_files, diagnostics);
    for (site, agency) in site
        .iter()
        .flat_map(|site| site.agencies.iter().map(move |agency| (site, agency)))
    {
        let id = &agency.profile.id;
        let index = search_index::make(agency, &site.synonyms);
        if medium == Medium::Usb {
            // Files can't fetch: a script brings program and index along.
            let program = STANDARD.encode(&client.search_wasm);
            let script = format!(
                "self.panduCari={};",
                json!({ "wasm": program, "index": index })
            );
            assets.add(&format!("cari-{id}.js"), script.into_bytes());
        } else {
            assets.add(&format!("cari-{id}.txt"), index.into_bytes());
        }
        // One request for all that every page needs, in the agency's colour.
        let accent = Some(agency.profile.accent.value);
        for name in SITE_STYLES {
            let style = styles::publish(theme_files, &format!("{name}.css"), accent, diagnostics);
            assets.add(&format!("{name}-{id}.css"), style.into_bytes());
        }
        let offered = |sealed: &Sealed| sealed.is_offered(&agency.profile);
        for sealed in Sealed::ALL.into_iter().filter(offered) {
            let style =
                styles::publish_alone(theme_files, &sealed.stylesheet(), accent, diagnostics);
            frame_styles.insert((sealed, id.clone()), style);
        }
        if let Some(icon) = theme_files.iter().find(|file| file.path == icons::FILE) {
            let icon = icons::tinted(&icon.source.text, agency.profile.accent.value);
            assets.add(&format!("ikon-{id}.svg"), icon.into_bytes());
        }
        for (path, bytes) in &agency.images {
            assets.add(&format!("{}/{path}", agency.profile.id), bytes.clone());
        }
    }
    let frame_scripts = add_code(&mut assets, client, medium);
    SiteAssets {
        assets,
        frame_styles,
        frame_scripts,
    }
}

/// Adds the islands' code, and gives what stands inside sealed frames. Where nothing can be fetched, their programs
/// come as scripts, and the look-up, which asks a server, not at all.
fn add_code(assets: &mut Assets, client: Client, medium: Medium) -> BTreeMap<Sealed, String> {
    assets.add("sealed.js", client.host_js.into_bytes());
    assets.add("cari.js", client.search_js.into_bytes());
    assets.add("cek-latihan.js", client.practice_js.into_bytes());
    let mut scripts = BTreeMap::new();
    for (sealed, code) in client.sealed {
        let name = sealed.program();
        if medium == Medium::Usb {
            let program = STANDARD.encode(code.wasm);
            let script = format!("(self.panduPrograms??={{}}).{name}=\"{program}\";\n");
            assets.add(&format!("{name}-program.js"), script.into_bytes());
        } else {
            assets.add(&format!("{name}.wasm"), code.wasm);
        }
        scripts.insert(sealed, code.js);
    }
    if medium != Medium::Usb {
        assets.add("cek.js", client.lookup_js.into_bytes());
        assets.add("cek.wasm", client.lookup_wasm);
        assets.add("cari.wasm", client.search_wasm);
    }
    scripts
}

fn theme_assets(files: &[ThemeFile], diagnostics: &mut Diagnostics) -> Assets {
    let mut assets = Assets::default();
    for file in files {
        // A stylesheet or script at the theme's root is a bundle; a frame's stands inside its own document.
        let root = !file.path.contains('/') && !file.path.starts_with(sealed::STYLES);
        if root && file.path.ends_with(".css") {
            let bundle = styles::publish(files, &file.path, None, diagnostics);
            assets.add(&file.path, bundle.into_bytes());
        } else if root && file.path.ends_with(".js") {
            let bundle = scripts::bundle(files, file, diagnostics);
            assets.add(&file.path, bundle.into_bytes());
        } else if file.path == icons::FILE {
            assets.add(icons::FILE, file.source.text.clone().into_bytes());
        }
    }
    assets
}
