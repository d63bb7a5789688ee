//! A display that is only in memory.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, WindowClass,
};
use x11rb::rust_connection::RustConnection;

use crate::process::Group;

/// A virtual display of 1440×900, there as long as this value.
pub struct Display {
    name: String,
    _server: Group,
}

impl Display {
    /// Starts one with a free number.
    ///
    /// # Panics
    ///
    /// When Xvfb does not start.
    #[track_caller]
    pub fn start() -> Display {
        let mut server = Group::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1440x900x24"])
                .args(["-nolisten", "tcp"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut number = String::new();
        if let Some(output) = server.leader().stdout.take() {
            // It writes its number when it is ready.
            let _ = BufReader::new(output).read_line(&mut number);
        }
        let number = number.trim();
        assert!(!number.is_empty(), "Xvfb ended before it was ready");
        Display {
            name: format!(":{number}"),
            _server: server,
        }
    }

    /// Asks every window to close, as a window manager does when its close button is pressed (ICCCM 4.2.8.1).
    ///
    /// # Errors
    ///
    /// When the display cannot be reached or no window listens.
    pub fn close_windows(&self) -> Result<(), Box<dyn Error>> {
        let (connection, screen) = x11rb::connect(Some(&self.name))?;
        let atom = |name: &str| -> Result<u32, Box<dyn Error>> {
            Ok(connection
                .intern_atom(false, name.as_bytes())?
                .reply()?
                .atom)
        };
        let (protocols, close) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
        let root = connection.setup().roots[screen].root;
        let mut asked = 0;
        for window in connection.query_tree(root)?.reply()?.children {
            let listens = connection
                .get_property(false, window, protocols, AtomEnum::ATOM, 0, 32)?
                .reply()?
                .value32()
                .is_some_and(|mut known| known.any(|protocol| protocol == close));
            if listens {
                let message = ClientMessageEvent::new(32, window, protocols, [close, 0, 0, 0, 0]);
                connection.send_event(false, window, EventMask::NO_EVENT, message)?;
                asked += 1;
            }
        }
        connection.flush()?;
        if asked == 0 {
            return Err("no window on the display can be closed".into());
        }
        Ok(())
    }

    /// Whether a program offers something to paste.
    ///
    /// # Errors
    ///
    /// When the display cannot be reached.
    pub fn has_clipboard(&self) -> Result<bool, Box<dyn Error>> {
        let (connection, _) = x11rb::connect(Some(&self.name))?;
        let clipboard = connection.intern_atom(false, b"CLIPBOARD")?.reply()?.atom;
        let owner = connection.get_selection_owner(clipboard)?.reply()?.owner;
        Ok(owner != x11rb::NONE)
    }

    /// Covers everything with another program's window.
    ///
    /// # Errors
    ///
    /// When the display cannot be reached.
    pub fn cover(&self) -> Result<Cover, Box<dyn Error>> {
        let (connection, screen) = x11rb::connect(Some(&self.name))?;
        let screen = &connection.setup().roots[screen];
        let (root, window) = (screen.root, connection.generate_id()?);
        connection.create_window(
            COPY_DEPTH_FROM_PARENT,
            window,
            root,
            0,
            0,
            screen.width_in_pixels,
            screen.height_in_pixels,
            0,
            WindowClass::INPUT_OUTPUT,
            0,
            &CreateWindowAux::new().background_pixel(screen.white_pixel),
        )?;
        connection.map_window(window)?.check()?;
        Ok(Cover {
            connection,
            root,
            window,
        })
    }

    /// Its name, such as `:99`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Another program's window, as large as the display. It goes with this value.
pub struct Cover {
    connection: RustConnection,
    root: u32,
    window: u32,
}

impl Cover {
    /// Whether it is in front of all others.
    ///
    /// # Errors
    ///
    /// When the display is gone.
    pub fn is_in_front(&self) -> Result<bool, Box<dyn Error>> {
        // Windows are listed from the back to the front.
        let windows = self.connection.query_tree(self.root)?.reply()?.children;
        Ok(windows.last() == Some(&self.window))
    }
}
