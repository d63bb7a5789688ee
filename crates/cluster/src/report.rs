//! What a node tells at its monitoring address.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::Result;

/// How long an answer may take; who asks asks again.
const ANSWER_TIME: Duration = Duration::from_secs(2);

/// Asks for a page of JSON. HTTP/1.0 needs no more than this: the answer ends with the connection.
pub(crate) fn get(port: u16, page: &str) -> Result<Value> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_TIME)?;
    stream.set_read_timeout(Some(ANSWER_TIME))?;
    write!(stream, "GET /{page} HTTP/1.0\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .ok_or("it did not answer as a web server does")?;
    Ok(serde_json::from_str(body)?)
}
