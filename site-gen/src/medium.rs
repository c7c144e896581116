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
    /// A page seen from another whose way to the site's root is `root`. `path` may end in an anchor.
    pub fn page(self, root: &str, path: &str) -> String {
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
        relative(root, &format!("{page}{file}{anchor}"))
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
        assert_eq!(Medium::Web.page("../", "email/hp/"), "../email/hp/");
        assert_eq!(
            Medium::Usb.page("../", "email/hp/#langkah"),
            "../email/hp/index.html#langkah"
        );
        assert_eq!(Medium::Usb.page("./", ""), "index.html");
        assert_eq!(Medium::Web.page("./", ""), "./");
        assert_eq!(Medium::Usb.page("./", "perubahan.xml"), "perubahan.xml");
    }
}
