//! Styles, scripts, WebAssembly, icons and images, under names that follow their content.

use super::{Artifact, Ready};
use crate::theme::TemplateError;

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    ready
        .renderer
        .assets
        .iter()
        .map(|asset| Ok(Artifact::new(asset.path.clone(), asset.bytes.clone())))
        .collect()
}
