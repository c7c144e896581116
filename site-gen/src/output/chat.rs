//! `chat.txt` beside each guide: the guide as a WhatsApp message; `chat-2.txt` and so on where one message does not hold it.

use super::{Artifact, Ready};
use crate::{chat, front_matter::Kind, theme::TemplateError};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let mut artifacts = Vec::new();
    for agency in &ready.site.agencies {
        let guides = agency.pages.iter();
        for page in guides.filter(|page| page.front.kind == Kind::Guide) {
            let messages = chat::messages(ready.site, agency, page);
            artifacts.extend((1..).zip(messages).map(|(number, message)| {
                let path = format!("{}{}", page.url, chat::file(number));
                Ok(Artifact::new(path, message))
            }));
        }
    }
    artifacts
}
