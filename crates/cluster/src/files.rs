//! The files of `deploy/`, as an administrator would put them to use.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{ADMINISTRATOR, PEOPLE, Result};

/// bcrypt of [`PASSWORD`](crate::PASSWORD), at the least cost: signing in is not what is tested.
const HASH: &str = "$2b$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG";

/// A copy of the files, with users.
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// Copies the configuration and makes `users.conf` of its example, with hashes in the places for them.
    ///
    /// # Errors
    /// When a file cannot be read or written, or the example has no place for the hash of one of the users.
    pub fn copy(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        fs::copy(deployed("nats.conf"), folder.join("nats.conf"))?;
        let mut users = fs::read_to_string(deployed("users.conf.example"))?;
        for user in [ADMINISTRATOR, PEOPLE, "operator"] {
            let place = format!("$2a$11$put.the.hash.of.the.{user}.here");
            if !users.contains(&place) {
                return Err(format!("users.conf.example has no place for {user}'s hash").into());
            }
            users = users.replace(&place, HASH);
        }
        fs::write(folder.join("users.conf"), users)?;
        let folder = folder.to_owned();
        Ok(Self { folder })
    }

    /// The configuration that every node reads.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("nats.conf")
    }

    /// The variables that the example of one node's environment sets.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn environment(&self) -> Result<Vec<(String, String)>> {
        let text = fs::read_to_string(deployed("node.env.example"))?;
        let set = text.lines().filter(|line| !line.starts_with('#'));
        let set = set.filter_map(|line| line.split_once('='));
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Ok(set.map(owned).collect())
    }
}

/// A file of `deploy/`.
#[must_use]
pub fn deployed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../deploy")
        .join(name)
}
