//! What the pages are made for, and how they refer to each other there.

/// What the pages are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A web server; a visited site is kept on the device.
    Web,
    /// The development server: pages reload themselves, nothing is kept or compressed.
    Dev,
    /// Files that are opened as such, from a USB stick: addresses name `index.html`, and what browsers refuse to
    /// files (integrity hashes, modules, fetching, workers) is left out.
    Usb,
}

impl Medium {
    /// A page seen from the one at `from`, the shortest way; `path` may end in an anchor. Where `root` is not the way
    /// from there to the site's root (a page shown at any depth, or beside the site), it leads by that root.
    pub fn page(self, from: &str, root: &str, path: &str) -> String {
        let (page, anchor) = match path.split_once('#') {
            Some((page, anchor)) => (page, format!("#{anchor}")),
            None => (path, String::new()),
        };
        let is_folder = page.is_empty() || page.ends_with('/');
        let file = if self == Self::Usb && is_folder {
            "index.html"
        } else {
            ""
        };
        let path = format!("{page}{file}{anchor}");
        if root == way_to_root(from) {
            shortest(from, &path)
        } else {
            relative(root, &path)
        }
    }
}

/// From a page to the site's root: `../../` for `email/hp-android/`, `./` for the root itself.
pub fn way_to_root(url: &str) -> String {
    match url.matches('/').count() {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    }
}

/// `../webmail/` from `dki/email/outlook/` to `dki/email/webmail/`.
fn shortest(from: &str, to: &str) -> String {
    let folder = from.rfind('/').map_or("", |end| &from[..=end]);
    let parts = folder.split_inclusive('/').zip(to.split_inclusive('/'));
    let shared: usize = parts
        .take_while(|(a, b)| a == b)
        .map(|(part, _)| part.len())
        .sum();
    let rest = &to[shared..];
    match folder[shared..].matches('/').count() {
        0 if rest.is_empty() || rest.starts_with('#') => format!("./{rest}"),
        up => format!("{}{rest}", "../".repeat(up)),
    }
}

/// A site path seen from a page whose way to the root is `root`.
pub fn relative(root: &str, path: &str) -> String {
    match (root, path) {
        ("./", path) if !path.is_empty() => path.to_owned(),
        (root, path) => format!("{root}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_name_their_index() {
        let (web, usb) = (Medium::Web, Medium::Usb);
        assert_eq!(web.page("tte/", "../", "email/hp/"), "../email/hp/");
        assert_eq!(
            usb.page("tte/", "../", "email/hp/#langkah"),
            "../email/hp/index.html#langkah"
        );
        assert_eq!(usb.page("", "./", ""), "index.html");
        assert_eq!(web.page("", "./", ""), "./");
        assert_eq!(usb.page("", "./", "perubahan.xml"), "perubahan.xml");
    }

    #[test]
    fn pages_lead_to_each_other_by_the_shortest_way() {
        let from = |to| Medium::Web.page("dki/email/outlook/", "../../../", to);
        assert_eq!(from("dki/email/webmail/#masuk"), "../webmail/#masuk");
        assert_eq!(from("dki/email/outlook/ios/"), "ios/");
        assert_eq!(from("dki/email/outlook/"), "./");
        assert_eq!(from("dki/email/outlook/#langkah"), "./#langkah");
        assert_eq!(from("dki/"), "../../");
        assert_eq!(from("dki2/email/"), "../../../dki2/email/");
        assert_eq!(from(""), "../../../");
        // Shown at any depth, and beside the site.
        assert_eq!(
            Medium::Web.page("404.html", "/panduan/", "dki/"),
            "/panduan/dki/"
        );
        assert_eq!(
            Medium::Usb.page("", "panduan/", "dki/"),
            "panduan/dki/index.html"
        );
    }
}
