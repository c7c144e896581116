//! The Chrome DevTools Protocol over one WebSocket: commands, replies and the events between them.
//!
//! Sessions are flat (every message names its session) and frames that Chromium keeps in a process
//! of their own are attached as they appear, so that a sandboxed frame can be looked into.

use std::collections::HashMap;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::PATIENCE;

/// Something that the browser told unasked.
pub struct Event {
    /// The session it came from; empty for the browser itself.
    pub session: String,
    /// `Network.requestWillBeSent`, …
    pub method: String,
    /// What the protocol says of this event.
    pub params: Value,
}

/// A target (frame, worker) that was attached below a session.
pub struct Child {
    /// Session of the target that it belongs to.
    pub parent: String,
    /// Its own session.
    pub session: String,
    /// `iframe`, `worker`, …
    pub kind: String,
}

/// One connection to one browser.
pub struct Connection {
    socket: WebSocket<TcpStream>,
    last_id: u64,
    replies: HashMap<u64, Result<Value, String>>,
    /// Every event so far, oldest first.
    pub events: Vec<Event>,
    /// Frames and workers attached now.
    pub children: Vec<Child>,
}

impl Connection {
    /// Connects to `127.0.0.1:port`, at the `path` that Chromium wrote into its `DevToolsActivePort`.
    pub fn open(port: u16, path: &str) -> Self {
        let stream =
            TcpStream::connect(("127.0.0.1", port)).expect("the browser's debugging port answers");
        stream.set_nodelay(true).expect("TCP_NODELAY can be set");
        let (socket, _) = tungstenite::client(format!("ws://127.0.0.1:{port}{path}"), stream)
            .expect("the browser accepts a WebSocket");
        Self {
            socket,
            last_id: 0,
            replies: HashMap::new(),
            events: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Sends a command and waits for its reply; the error is the browser's own message.
    pub fn call(&mut self, session: &str, method: &str, params: Value) -> Result<Value, String> {
        self.call_within(PATIENCE, session, method, params)
    }

    /// The same, waiting no longer than `patience` for the reply.
    pub fn call_within(
        &mut self,
        patience: Duration,
        session: &str,
        method: &str,
        params: Value,
    ) -> Result<Value, String> {
        let id = self.send(session, method, params)?;
        let deadline = Instant::now() + patience;
        loop {
            if let Some(reply) = self.replies.remove(&id) {
                return reply.map_err(|message| format!("{method}: {message}"));
            }
            if Instant::now() > deadline {
                return Err(format!("{method}: no reply in {patience:?}"));
            }
            self.pump(Duration::from_millis(100));
        }
    }

    /// Sends a command without waiting; gives its id.
    pub fn send(&mut self, session: &str, method: &str, params: Value) -> Result<u64, String> {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": params});
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        self.socket
            .send(Message::text(message.to_string()))
            .map_err(|error| format!("{method}: {error}"))?;
        Ok(self.last_id)
    }

    /// Makes a session tell everything that tests look at, and attach its frames and workers.
    pub fn watch(&mut self, session: &str) {
        let attach = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true});
        for (method, params) in [
            ("Runtime.enable", json!({})),
            ("Network.enable", json!({})),
            ("Log.enable", json!({})),
            ("Page.enable", json!({})),
            ("Target.setAutoAttach", attach),
            ("Runtime.runIfWaitingForDebugger", json!({})),
        ] {
            // A worker knows no `Page`: its refusal comes as a reply that nobody reads.
            let _ = self.send(session, method, params);
        }
    }

    /// Takes in what the browser has to say, waiting at most `patience` for the first message.
    ///
    /// # Panics
    /// Where the browser has gone: it crashed.
    pub fn pump(&mut self, patience: Duration) {
        self.socket
            .get_ref()
            .set_read_timeout(Some(patience))
            .expect("a read time-out can be set");
        match self.socket.read() {
            Ok(Message::Text(text)) => {
                let message: Value = serde_json::from_str(&text).expect("the browser speaks JSON");
                self.take(message);
            }
            Err(tungstenite::Error::Io(error))
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) => {}
            Err(error) => panic!("the browser has gone: {error}"),
            // Not for us.
            Ok(_) => {}
        }
    }

    fn take(&mut self, mut message: Value) {
        if let Some(id) = message["id"].as_u64() {
            let reply = match message["error"]["message"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(message["result"].take()),
            };
            self.replies.insert(id, reply);
            return;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let event = Event {
            session: text(&message["sessionId"]),
            method: text(&message["method"]),
            params: message["params"].take(),
        };
        match event.method.as_str() {
            "Target.attachedToTarget" if !event.session.is_empty() => {
                let session = text(&event.params["sessionId"]);
                let kind = text(&event.params["targetInfo"]["type"]);
                self.children.push(Child {
                    parent: event.session.clone(),
                    session: session.clone(),
                    kind,
                });
                self.watch(&session);
            }
            "Target.detachedFromTarget" => {
                let session = text(&event.params["sessionId"]);
                self.children.retain(|child| child.session != session);
            }
            _ => {}
        }
        self.events.push(event);
    }
}
