//! Marionette, the protocol by which Mozilla's programs are driven: commands and their replies over one TCP connection.
//!
//! A message is its length in bytes, a colon, and a JSON array: `[0, id, command, parameters]` to the program,
//! `[1, id, error, result]` from it. Source: <https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html>.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::PATIENCE;

/// One connection to one program, with a session.
pub struct Marionette {
    stream: BufReader<TcpStream>,
    last_id: u64,
}

impl Marionette {
    /// Connects to `127.0.0.1:port` and opens a session in which scripts run with all that the program itself may do.
    pub fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("Marionette answers");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a read time-out can be set");
        let mut marionette = Self {
            stream: BufReader::new(stream),
            last_id: 0,
        };
        let hello = marionette.receive().expect("Marionette introduces itself");
        assert_eq!(hello["marionetteProtocol"], 3, "another protocol: {hello}");
        for (command, parameters) in [
            ("WebDriver:NewSession", json!({})),
            ("Marionette:SetContext", json!({"value": "chrome"})),
        ] {
            marionette
                .call(command, parameters)
                .expect("Marionette opens a session");
        }
        marionette
    }

    /// Gives a command and waits for its reply; the error is the program's own message.
    pub fn call(&mut self, command: &str, parameters: Value) -> Result<Value, String> {
        self.last_id += 1;
        let message = json!([0, self.last_id, command, parameters]).to_string();
        write!(self.stream.get_mut(), "{}:{message}", message.len())
            .map_err(|error| format!("{command}: {error}"))?;
        loop {
            let mut reply = self
                .receive()
                .map_err(|error| format!("{command}: {error}"))?;
            // What an earlier command, given up on, has to say late is nobody's reply.
            if reply[1].as_u64() != Some(self.last_id) {
                continue;
            }
            return match reply[2]["message"].as_str() {
                Some(error) => Err(format!("{command}: {error}")),
                None => Ok(reply[3].take()),
            };
        }
    }

    /// Runs the body of a function in the program's foremost window; `arguments` are the function's, and its value, as JSON
    /// has it, is given back.
    pub fn run(&mut self, body: &str, arguments: Value) -> Result<Value, String> {
        let mut reply = self.call(
            "WebDriver:ExecuteScript",
            json!({"script": body, "args": arguments}),
        )?;
        Ok(reply["value"].take())
    }

    fn receive(&mut self) -> Result<Value, String> {
        let mut length = Vec::new();
        self.stream
            .read_until(b':', &mut length)
            .map_err(|error| error.to_string())?;
        let length: usize = std::str::from_utf8(&length)
            .ok()
            .and_then(|text| text.strip_suffix(':')?.parse().ok())
            .ok_or("the connection ends, or a message has no length")?;
        let mut message = vec![0; length];
        self.stream
            .read_exact(&mut message)
            .map_err(|error| error.to_string())?;
        serde_json::from_slice(&message).map_err(|error| error.to_string())
    }
}
