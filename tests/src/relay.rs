//! The way to a server, which a test can cut.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Passes TCP connections on to a port of this machine, until it is cut.
pub struct Relay {
    port: u16,
    way: Arc<Mutex<Way>>,
}

#[derive(Default)]
struct Way {
    cut: bool,
    /// Both ends of every connection that was passed on.
    open: Vec<TcpStream>,
}

impl Relay {
    /// A way to that port.
    ///
    /// # Panics
    ///
    /// When the system has no port for it.
    #[track_caller]
    pub fn to(target: u16) -> Relay {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let bound = listener.and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
        let (port, listener) = match bound {
            Ok(bound) => bound,
            Err(error) => panic!("no port for the way to the server: {error}"),
        };
        let way = Arc::<Mutex<Way>>::default();
        let shared = Arc::clone(&way);
        // Ends with the process: a test's relays are few, and nobody connects to them afterwards.
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                // Whom nobody can be reached for hangs up.
                let _ = pass_on(caller, target, &mut lock(&shared));
            }
        });
        Relay { port, way }
    }

    /// Where it is entered.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends all connections, and every new one at once.
    pub fn cut(&self) {
        let mut way = lock(&self.way);
        way.cut = true;
        for stream in way.open.drain(..) {
            // The other side may have ended it already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        lock(&self.way).cut = false;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.cut();
    }
}

fn pass_on(caller: TcpStream, target: u16, way: &mut Way) -> io::Result<()> {
    if way.cut {
        return Ok(());
    }
    let server = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, target)))?;
    for (mut from, mut to) in [
        (caller.try_clone()?, server.try_clone()?),
        (server.try_clone()?, caller.try_clone()?),
    ] {
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            // One side ended: the other learns of it.
            let _ = to.shutdown(Shutdown::Both);
        });
    }
    way.open.extend([caller, server]);
    Ok(())
}

fn lock(way: &Mutex<Way>) -> MutexGuard<'_, Way> {
    way.lock().unwrap_or_else(PoisonError::into_inner)
}
