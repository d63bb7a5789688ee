//! A display that is only in memory, and pictures of it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{command, output, run_quietly};
use crate::fail::{Result, fail};

/// A virtual display, there as long as this value.
pub struct VirtualDisplay {
    server: Child,
    /// Its name, such as `:99`.
    pub name: String,
}

impl VirtualDisplay {
    /// Starts one of 1440×900 with a free number.
    pub fn start() -> Result<VirtualDisplay> {
        let mut server = command("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1440x900x24"])
            .args(["-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                fail(format!(
                    "cannot start Xvfb: {error}; install it with `apt-get install xvfb`"
                ))
            })?;
        let mut number = String::new();
        if let Some(stdout) = server.stdout.take() {
            // Xvfb writes the number when it is ready for clients.
            BufReader::new(stdout).read_line(&mut number)?;
        }
        let number = number.trim();
        if number.is_empty() {
            let _ = server.kill();
            let status = server.wait()?;
            return Err(fail(format!("Xvfb ended before it was ready ({status})")));
        }
        Ok(VirtualDisplay {
            name: format!(":{number}"),
            server,
        })
    }

    /// Waits until something is drawn and stays the same, and leaves a picture of it in `file`.
    pub fn picture(&self, file: &Path, app: &mut Child) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut last = String::new();
        while Instant::now() < deadline {
            if let Some(status) = app.try_wait()? {
                return Err(fail(format!(
                    "the app ended before it drew its window ({status})"
                )));
            }
            run_quietly(
                command("import")
                    .args(["-display", &self.name, "-window", "root"])
                    .arg(file),
            )?;
            let seen = output(command("identify").args(["-format", "%k %#"]).arg(file))
                .unwrap_or_default();
            let colours: u32 = seen
                .split(' ')
                .next()
                .and_then(|count| count.parse().ok())
                .unwrap_or(0);
            // An empty display has one colour, an empty page two or three; text and icons have hundreds.
            if colours > 32 && seen == last {
                return Ok(());
            }
            last = seen;
            thread::sleep(Duration::from_millis(300));
        }
        Err(fail(format!(
            "nothing was drawn within a minute; what there is: {}",
            file.display()
        )))
    }
}

impl Drop for VirtualDisplay {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
