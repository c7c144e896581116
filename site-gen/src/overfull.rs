//! `check --slides`: slides that hold more than a hall can read, measured where they are shown. A browser opens every deck at both sizes
//! that projectors have; the deck's own script tells which slides outgrow theirs even at the smallest type.
//!
//! The browser is given the pages by a server on this machine, which hands out what was rendered and takes what was found.

use std::{
    collections::BTreeMap,
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use serde::Deserialize;
use serde_json::json;
use thiserror::Error;

use crate::{
    diagnostic::Diagnostic,
    output::Artifact,
    source::{Source, Span},
};

/// A deck's page and where each of its slides comes from.
pub struct Places {
    /// Site path of its page.
    pub url: String,
    /// File and place of each slide, in their order; none for those of a session that are judged with their guide's own deck.
    pub slides: Vec<Option<(Source, Span)>>,
}

/// Why nothing was measured.
#[derive(Debug, Error)]
pub enum OverfullError {
    /// There is no browser.
    #[error(
        "slides are measured in a browser, and none was found: install Chromium, or set CHROME to its program"
    )]
    NoBrowser,
    /// It does not start, or the machine refuses a port.
    #[error("can't measure the slides with {program}: {error}", program = program.display())]
    Io {
        /// The browser.
        program: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// It started and did not answer.
    #[error(
        "{program} did not measure the slides within {seconds} seconds; run it by hand, or set CHROME to another browser", program = program.display()
    )]
    Silent {
        /// The browser.
        program: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
}

/// What projectors show, in CSS pixels.
const SIZES: [(u32, u32); 2] = [(1280, 720), (1920, 1080)];
/// Where the measuring page stands, beside the site.
const MEASURE: &str = "/__pandu/slides";
/// How long the browser may take to start.
const START: Duration = Duration::from_secs(60);
/// How long it may take for a deck, at both sizes.
const DECK: Duration = Duration::from_secs(3);

/// A slide that is too full, as the measuring page tells it.
#[derive(Deserialize)]
struct Found {
    deck: usize,
    slide: usize,
    width: u32,
    height: u32,
    pixels: u32,
}

/// Measures all decks: a warning for each slide that is too full, at the larger of what it is too full by.
///
/// # Errors
/// Why they could not be measured.
pub fn measure(artifacts: &[Artifact], decks: &[Places]) -> Result<Vec<Diagnostic>, OverfullError> {
    if decks.is_empty() {
        return Ok(Vec::new());
    }
    let program = browser().ok_or(OverfullError::NoBrowser)?;
    let failed = |error| OverfullError::Io {
        program: program.clone(),
        error,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let files: BTreeMap<String, Vec<u8>> = artifacts
        .iter()
        .map(|file| (file.path.clone(), file.bytes.clone()))
        .collect();
    let site = Arc::new(Site {
        files,
        page: page(decks),
    });
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (site, tell) = (Arc::clone(&site), tell.clone());
            // A browser that breaks off is no matter: what counts is what it tells in the end.
            thread::spawn(move || site.answer(stream, &tell));
        }
    });
    let profile = tempfile::tempdir().map_err(failed)?;
    let child = Command::new(&program)
        .args([
            "--headless=new",
            // It is shown nothing but the pages made here.
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("http://127.0.0.1:{port}{MEASURE}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let running = Running(child);
    let patience = START + DECK * u32::try_from(decks.len()).unwrap_or(u32::MAX);
    let found = told
        .recv_timeout(patience)
        .map_err(|_| OverfullError::Silent {
            program: program.clone(),
            seconds: patience.as_secs(),
        })?;
    drop(running);
    Ok(warnings(decks, &found))
}

fn warnings(decks: &[Places], found: &[Found]) -> Vec<Diagnostic> {
    let mut worst: BTreeMap<(usize, usize), &Found> = BTreeMap::new();
    for one in found {
        let slot = worst.entry((one.deck, one.slide)).or_insert(one);
        // By its share of the height: the two sizes are different measures.
        if u64::from(one.pixels) * u64::from(slot.height)
            > u64::from(slot.pixels) * u64::from(one.height)
        {
            *slot = one;
        }
    }
    let warning = |one: &Found| {
        let deck = decks.get(one.deck)?;
        let (source, span) = deck.slides.get(one.slide)?.as_ref()?;
        let message = format!(
            "slide {} of {} is too full by {} pixels at {} × {}",
            one.slide + 1,
            deck.url,
            one.pixels,
            one.width,
            one.height
        );
        let warning =
            Diagnostic::warning("overfull-slide", source, source.first_line(span), message);
        Some(warning.hint(
            "shorten it, make two steps of one, or give what explains it a heading of its own",
        ))
    };
    worst.into_values().filter_map(warning).collect()
}

/// A browser, ended when nobody needs it any more.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The browser's program: the environment's `CHROME`, else the first known name on the `PATH`.
fn browser() -> Option<PathBuf> {
    if let Some(named) = env::var_os("CHROME") {
        return Some(named.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// What the browser is given.
struct Site {
    files: BTreeMap<String, Vec<u8>>,
    page: String,
}

impl Site {
    fn answer(&self, stream: TcpStream, tell: &mpsc::Sender<Vec<Found>>) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut request = String::new();
        reader.read_line(&mut request)?;
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let Some((name, value)) = header.split_once(':') else {
                break; // the empty line that ends them
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut words = request.split_whitespace();
        let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or("/"));
        if method == "POST" && path == MEASURE {
            let mut body = Vec::new();
            reader.take(length).read_to_end(&mut body)?;
            if let Ok(found) = serde_json::from_slice(&body) {
                // Nobody listens any more where it came too late.
                let _ = tell.send(found);
            }
            return send(stream, "204 No Content", "text/plain", b"");
        }
        if path == MEASURE {
            return send(
                stream,
                "200 OK",
                "text/html; charset=utf-8",
                self.page.as_bytes(),
            );
        }
        let path = path.split(['?', '#']).next().unwrap_or("");
        let path = path.trim_start_matches('/');
        let path = match path.is_empty() || path.ends_with('/') {
            true => format!("{path}index.html"),
            false => path.to_owned(),
        };
        let kind = match path.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css",
            Some("js") => "text/javascript",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        };
        match self.files.get(&path) {
            Some(bytes) => send(stream, "200 OK", kind, bytes),
            None => send(stream, "404 Not Found", "text/plain", b""),
        }
    }
}

fn send(mut stream: TcpStream, status: &str, kind: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    stream.write_all(body)
}

/// The page that opens the decks one after the other, in a frame as large as a projector's picture.
fn page(decks: &[Places]) -> String {
    let paths = decks.iter().map(|deck| format!("/{}", deck.url));
    let paths: Vec<String> = paths.collect();
    let (paths, sizes) = (json!(paths), json!(SIZES));
    format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Slide</title><body><script>
(async () => {{
  const decks = {paths}, sizes = {sizes}, found = [];
  const frame = document.body.appendChild(document.createElement('iframe'));
  const pause = () => new Promise((done) => setTimeout(done, 20));
  for (const [width, height] of sizes) {{
    Object.assign(frame, {{width, height}});
    for (const [deck, path] of decks.entries()) {{
      await new Promise((done) => {{ frame.onload = done; frame.src = path; }});
      while (!frame.contentDocument.documentElement.dataset.fitted) await pause();
      for (const [slide, one] of [...frame.contentDocument.querySelectorAll('.slide')].entries())
        if (one.dataset.over) found.push({{deck, slide, width, height, pixels: Math.ceil(one.dataset.over)}});
    }}
  }}
  await fetch('{MEASURE}', {{method: 'POST', body: JSON.stringify(found)}});
}})();
</script>"
    )
}

#[cfg(test)]
mod tests {
    use crate::source::SourceFile;

    use super::*;

    #[test]
    fn a_slide_is_told_once_at_the_size_where_it_is_worse() {
        let source: Source = Arc::new(SourceFile {
            path: "content/a.md".to_owned(),
            text: "one\ntwo\n".to_owned(),
        });
        let decks = [Places {
            url: "email/a/slide/".to_owned(),
            slides: vec![Some((source.clone(), 0..3)), Some((source, 4..8)), None],
        }];
        let found = |slide, height, pixels| Found {
            deck: 0,
            slide,
            width: height * 16 / 9,
            height,
            pixels,
        };
        let told = warnings(
            &decks,
            &[
                found(1, 720, 40),
                found(1, 1080, 50),
                found(2, 720, 9), // told with its guide's own deck
                found(7, 720, 9), // no slide of ours
            ],
        );
        let told: Vec<(&str, Span)> = told
            .iter()
            .map(|one| (one.message.as_str(), one.span.clone()))
            .collect();
        assert_eq!(
            told,
            [(
                "slide 2 of email/a/slide/ is too full by 40 pixels at 1280 × 720",
                4..7
            )]
        );
    }
}
