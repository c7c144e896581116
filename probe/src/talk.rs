//! Talking in lines with a peer that may say anything, at any length.

use std::io::{self, Read, Write};

use model::host::Security;

use crate::{
    Finding,
    link::Link,
    report::Seen,
    step::{Step, flood},
    tls::Channel,
    visible::shown,
    visit::Visit,
};

/// Longest line that is read, in bytes. Real ones have at most a thousand.
const LONGEST: usize = 8 * 1024;
/// Most lines of one answer. Real ones have at most thirty.
const MOST: usize = 200;

/// A conversation over a channel.
pub(crate) struct Talk {
    channel: Channel,
    /// Received and not yet read.
    waiting: Vec<u8>,
}

impl Talk {
    /// Begins to talk over a channel.
    pub fn over(channel: Channel) -> Self {
        Self {
            channel,
            waiting: Vec::new(),
        }
    }

    /// Begins to talk with a peer that speaks first: encrypted from the start, or later by STARTTLS.
    pub fn awaiting_greeting(
        visit: &mut Visit<'_>,
        link: Link,
        security: Security,
        seen: &mut Seen,
    ) -> Result<Self, Finding> {
        let mut talk = match security {
            Security::Tls => Self::over(visit.encrypt(link, None, seen)?),
            Security::StartTls => Self::over(Channel::Plain(link)),
        };
        talk.step(Step::Greeting);
        Ok(talk)
    }

    /// The next step begins: its limit of time starts now.
    pub fn step(&mut self, step: Step) {
        self.channel.link().limits.step(step);
    }

    /// Sends one line.
    pub fn say(&mut self, line: &str) -> Result<(), Finding> {
        let sent = self
            .channel
            .write_all(format!("{line}\r\n").as_bytes())
            .and_then(|()| self.channel.flush());
        sent.map_err(|error| self.finding(&error))
    }

    /// Takes leave; nobody waits for the answer.
    pub fn leave(&mut self, word: &str) {
        let _ = self.say(word);
    }

    /// The next line, without its end.
    pub fn line(&mut self) -> Result<String, Finding> {
        loop {
            if let Some(end) = self.waiting.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.waiting.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line);
                return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
            }
            if self.waiting.len() > LONGEST {
                return Err(self.too_much());
            }
            if self.receive()? == 0 {
                return Err(self.finding(&io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }

    /// Lines up to and with the one that `last` says is the last.
    pub fn lines(&mut self, last: impl Fn(&str) -> bool) -> Result<Vec<String>, Finding> {
        let mut lines = Vec::new();
        while lines.len() < MOST {
            let line = self.line()?;
            let end = last(&line);
            lines.push(line);
            if end {
                return Ok(lines);
            }
        }
        Err(self.too_much())
    }

    /// At least `count` bytes, or all that come before the end; the first `count` of them.
    pub fn bytes(&mut self, count: usize) -> Result<Vec<u8>, Finding> {
        while self.waiting.len() < count {
            if self.receive()? == 0 {
                break;
            }
        }
        let count = count.min(self.waiting.len());
        Ok(self.waiting.drain(..count).collect())
    }

    /// Goes over to TLS.
    pub fn encrypt(self, visit: &mut Visit<'_>, seen: &mut Seen) -> Result<Self, Finding> {
        if !self.waiting.is_empty() {
            return Err(Finding::failure(
                "early-words",
                "The host goes on talking in plain text after it agreed to begin TLS; what it says there could be anybody's.",
                "Update the mail server: this is a known weakness of STARTTLS (CVE-2011-0411 and its like).",
            ));
        }
        match self.channel {
            Channel::Plain(link) => visit.encrypt(link, None, seen).map(Self::over),
            encrypted @ Channel::Encrypted(_) => Ok(Self::over(encrypted)),
        }
    }

    /// The peer speaks, but not what it should.
    pub fn not_the_protocol(protocol: &str, said: &str) -> Finding {
        Finding::failure(
            "other-protocol",
            format!(
                "The host does not speak {protocol} at this port; it says \u{201c}{}\u{201d}.",
                shown(said)
            ),
            "Look which program listens at this port; where the profile names the wrong port, correct it.",
        )
    }

    /// The peer speaks, and sends everyone away.
    pub fn unwelcome(said: &str) -> Finding {
        Finding::failure(
            "unwelcome",
            format!(
                "The host turns the connection away; it says \u{201c}{}\u{201d}.",
                shown(said)
            ),
            "Look in the service's log for the reason; it may refuse this network, or be overloaded.",
        )
    }

    /// What a failed reading or writing means.
    fn finding(&mut self, error: &io::Error) -> Finding {
        self.channel.link().limits.finding(error)
    }

    fn too_much(&mut self) -> Finding {
        flood(self.channel.link().limits.current())
    }

    /// Waits for more; 0 where nothing more comes.
    fn receive(&mut self) -> Result<usize, Finding> {
        let mut chunk = [0; 4096];
        match self.channel.read(&mut chunk) {
            Ok(count) => {
                self.waiting
                    .extend_from_slice(chunk.get(..count).unwrap_or_default());
                Ok(count)
            }
            // Many peers end without TLS's farewell.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            Err(error) => Err(self.finding(&error)),
        }
    }
}
