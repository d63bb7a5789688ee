//! A client that follows no rules: the server's text protocol, written by hand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use wissil_session::Session;

use crate::server::TOKEN;
use crate::world::PATIENCE;

/// A connection on which anything can be published.
pub struct RawClient {
    reader: BufReader<TcpStream>,
    asked: u64,
}

/// A message as a stream keeps it.
#[derive(Clone, Debug)]
pub struct Stored {
    pub subject: String,
    pub headers: Vec<(String, String)>,
    pub payload: Vec<u8>,
}

impl RawClient {
    pub fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut client = Self {
            reader: BufReader::new(stream),
            asked: 0,
        };
        assert!(client.line().starts_with("INFO "));
        let options = json!({
            "verbose": false, "pedantic": false, "headers": true, "no_responders": true, "auth_token": TOKEN,
            "lang": "raw", "version": "1", "protocol": 1,
        });
        client.write(format!("CONNECT {options}\r\nSUB answers.raw.* 1\r\n").as_bytes());
        client.flush();
        client
    }

    /// Publishes anything.
    pub fn publish(&mut self, subject: &str, headers: &[(String, String)], payload: &[u8]) {
        self.send(subject, "", headers, payload);
    }

    /// Publishes a message as it was kept, and waits until the stream has it.
    pub fn store(&mut self, message: &Stored) -> Value {
        let inbox = self.inbox();
        self.send(&message.subject, &inbox, &message.headers, &message.payload);
        self.answer()
    }

    /// Hears what is published somewhere from now on; see [`Self::heard`].
    pub fn listen(&mut self, pattern: &str) {
        self.write(format!("SUB {pattern} 2\r\n").as_bytes());
        self.flush();
    }

    /// How many messages were heard since the last look whose subject begins like this.
    pub fn heard(&mut self, subject: &str) -> usize {
        self.write(b"PING\r\n");
        let lines = std::iter::from_fn(|| Some(self.line()).filter(|line| line != "PONG"));
        let heads = [format!("MSG {subject}"), format!("HMSG {subject}")];
        lines
            .filter(|line| heads.iter().any(|head| line.starts_with(head)))
            .count()
    }

    /// Waits until the server has read everything that was published.
    pub fn flush(&mut self) {
        self.write(b"PING\r\n");
        while self.line() != "PONG" {}
    }

    /// Asks JetStream something.
    pub fn ask(&mut self, question: &str, payload: &Value) -> Value {
        let inbox = self.inbox();
        let subject = format!("$JS.API.{question}");
        self.send(&subject, &inbox, &[], payload.to_string().as_bytes());
        self.answer()
    }

    /// How many messages a stream holds.
    pub fn messages(&mut self, stream: &str) -> u64 {
        let info = self.ask(&format!("STREAM.INFO.{stream}"), &json!({}));
        info["state"]["messages"].as_u64().unwrap()
    }

    /// How many messages hold the files of a session.
    pub fn files(&mut self, session: &Session) -> u64 {
        let stream = format!("OBJ_wissil-{}", session.info().unwrap().session);
        let info = self.ask(&format!("STREAM.INFO.{stream}"), &json!({}));
        info["state"]["messages"].as_u64().unwrap_or(0)
    }

    /// Limits the number of messages of a stream; -1 is no limit.
    pub fn limit(&mut self, stream: &str, messages: i64) {
        let info = self.ask(&format!("STREAM.INFO.{stream}"), &json!({}));
        let mut config = info["config"].clone();
        config["max_msgs"] = messages.into();
        let updated = self.ask(&format!("STREAM.UPDATE.{stream}"), &config);
        assert_eq!(updated["config"]["max_msgs"], messages, "{updated}");
    }

    /// Everything that a stream holds, oldest first.
    pub fn stored(&mut self, stream: &str) -> Vec<Stored> {
        let info = self.ask(&format!("STREAM.INFO.{stream}"), &json!({}));
        let last = info["state"]["last_seq"].as_u64().unwrap();
        (1..=last)
            .map(|seq| {
                let found = self.ask(&format!("STREAM.MSG.GET.{stream}"), &json!({ "seq": seq }));
                let message = &found["message"];
                let bytes = |name: &str| {
                    let text = message[name].as_str().unwrap_or_default();
                    STANDARD.decode(text).unwrap()
                };
                let headers = String::from_utf8(bytes("hdrs")).unwrap();
                Stored {
                    subject: message["subject"].as_str().unwrap().to_owned(),
                    headers: headers
                        .lines()
                        .filter_map(|line| line.split_once(": "))
                        .map(|(name, value)| (name.to_owned(), value.to_owned()))
                        .collect(),
                    payload: bytes("data"),
                }
            })
            .collect()
    }

    fn inbox(&mut self) -> String {
        self.asked += 1;
        format!("answers.raw.{}", self.asked)
    }

    fn send(&mut self, subject: &str, reply: &str, headers: &[(String, String)], payload: &[u8]) {
        let mut head = "NATS/1.0\r\n".to_owned();
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let total = head.len() + payload.len();
        let line = format!("HPUB {subject} {reply} {} {total}\r\n", head.len());
        self.write(&[line.as_bytes(), head.as_bytes(), payload, b"\r\n"].concat());
    }

    fn answer(&mut self) -> Value {
        let wanted = format!("answers.raw.{}", self.asked);
        loop {
            let line = self.line();
            let words: Vec<&str> = line.split_whitespace().collect();
            let (head, total) = match words.as_slice() {
                ["MSG", .., total] => (0, total.parse::<usize>().unwrap()),
                ["HMSG", .., head, total] => (head.parse().unwrap(), total.parse().unwrap()),
                _ => continue,
            };
            let mut bytes = vec![0; total + 2];
            self.reader.read_exact(&mut bytes).unwrap();
            if words[1] == wanted {
                return serde_json::from_slice(&bytes[head..total]).unwrap();
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the server ended the connection");
        assert!(!line.starts_with("-ERR"), "{line}");
        line.trim_end().to_owned()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.reader.get_mut().write_all(bytes).unwrap();
    }
}
