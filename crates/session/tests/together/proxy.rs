//! A way to the server that can be cut, and on which either direction can be held up.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Which half of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// Forwards connections to a port until it is dropped.
pub struct Proxy {
    pub port: u16,
    way: Arc<Way>,
}

struct Way {
    target: u16,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    cut: bool,
    closed: bool,
    held: Vec<Half>,
    /// Counts connections; those made before the last cut are dead.
    generation: u64,
    open: Vec<TcpStream>,
}

impl Proxy {
    pub fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let way = Arc::new(Way {
            target,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let accepting = Arc::clone(&way);
        thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                if accepting.state.lock().unwrap().closed {
                    return;
                }
                accepting.forward(client);
            }
        });
        Self { port, way }
    }

    /// Ends all connections and takes no new ones.
    pub fn cut(&self) {
        self.way.change(|state| {
            state.cut = true;
            state.break_all();
        });
    }

    /// Takes connections again.
    pub fn mend(&self) {
        self.way.change(|state| {
            state.cut = false;
            state.held.clear();
        });
    }

    /// Ends all connections; new ones may be made at once.
    pub fn interrupt(&self) {
        self.way.change(State::break_all);
    }

    /// Lets nothing through in one direction, and keeps the connection.
    pub fn hold(&self, half: Half) {
        self.way.change(|state| state.held.push(half));
    }

    /// Lets everything through that was held up.
    pub fn release(&self) {
        self.way.change(|state| state.held.clear());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.way.change(|state| {
            state.closed = true;
            state.break_all();
        });
        // Whoever accepts is woken to see it.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl State {
    fn break_all(&mut self) {
        self.generation += 1;
        for stream in self.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Way {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
        self.changed.notify_all();
    }

    fn forward(self: &Arc<Self>, client: TcpStream) {
        let Ok(server) = TcpStream::connect(("127.0.0.1", self.target)) else {
            return;
        };
        let mut state = self.state.lock().unwrap();
        if state.cut {
            return;
        }
        for stream in [&client, &server] {
            let _ = stream.set_nodelay(true);
            state.open.extend(stream.try_clone());
        }
        let generation = state.generation;
        for (half, from, to) in [(Half::Up, &client, &server), (Half::Down, &server, &client)] {
            let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) else {
                return;
            };
            let way = Arc::clone(self);
            thread::spawn(move || way.pump(half, generation, from, to));
        }
    }

    fn pump(&self, half: Half, generation: u64, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = vec![0; 64 * 1024];
        loop {
            let read = match from.read(&mut bytes) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            let held =
                |state: &mut State| state.generation == generation && state.held.contains(&half);
            let state = self.state.lock().unwrap();
            let state = self.changed.wait_while(state, held).unwrap();
            if state.generation != generation {
                break;
            }
            drop(state);
            if to.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}
