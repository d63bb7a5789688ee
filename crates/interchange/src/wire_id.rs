//! What imported wires are called.

use wissil_model::RecordId;

/// Most characters of a socket's name that go into an id as they are.
const MAX_PLAIN_SOCKET: usize = 32;

/// The id of the wire at a socket: an output flow or an input value, which have at most one.
pub(crate) fn wire_id(kind: &str, order: usize, socket: &str) -> RecordId {
    let plain = socket.len() <= MAX_PLAIN_SOCKET
        && socket
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if plain {
        format!("wire_{kind}_{order}_{socket}").into()
    } else {
        // FNV-1a: sockets may be called anything, ids may not.
        let hash = socket
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        format!("wire_{kind}_{order}_:{hash:x}").into()
    }
}
