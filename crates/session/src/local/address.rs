//! Where the program that has a project open is found.
//!
//! The socket is named by the file that the project's database is, so that it follows the project wherever its folder is
//! moved. It lies where only its user gets; which place that is depends on what a program was told, so it is written beside
//! the database.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::io::Write as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use crate::api::ApiError;
use crate::network::runtime;
use crate::project::{database, file_identity};

/// Listens for the project in a folder, whose lock is held: what stands in the socket's place is of a program that was
/// killed.
pub(super) fn bind(folder: &Path) -> io::Result<(UnixListener, PathBuf)> {
    bind_in(&places(user()?), folder)
}

fn bind_in(places: &[PathBuf], folder: &Path) -> io::Result<(UnixListener, PathBuf)> {
    let name = name(folder).ok_or(io::ErrorKind::NotFound)?;
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for place in places {
        match bind_at(place, &name) {
            Ok(bound) => {
                // Where it cannot be written, it is found by those who know the same places.
                let _ = write_note(folder, &bound.1);
                return Ok(bound);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// Takes away what [`bind`] made.
pub(super) fn unbind(folder: &Path, socket: &Path) {
    let _ = fs::remove_file(socket);
    let _ = fs::remove_file(note(folder));
}

/// Says where the socket lies.
fn write_note(folder: &Path, socket: &Path) -> io::Result<()> {
    let note = note(folder);
    // Never into what somebody else put there, such as a link.
    match fs::remove_file(&note) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::File::create_new(&note)?;
    file.write_all(socket.as_os_str().as_bytes())
}

/// Where the socket lies, as whoever has the project open said; none where it is of another project, as in a copied folder.
fn read_note(folder: &Path, name: &str) -> Option<PathBuf> {
    let note = note(folder);
    let said = fs::symlink_metadata(&note).ok()?;
    if !said.is_file() || said.len() > LONGEST_NOTE {
        return None;
    }
    let path = PathBuf::from(OsString::from_vec(fs::read(note).ok()?));
    (path.is_absolute() && path.file_name()? == name).then_some(path)
}

/// More than any system allows a socket's path.
const LONGEST_NOTE: u64 = 4096;

fn note(folder: &Path) -> PathBuf {
    database(folder).with_file_name("socket")
}

fn bind_at(place: &Path, name: &str) -> io::Result<(UnixListener, PathBuf)> {
    let path = place.join(name);
    // Longer than the system allows: another place is tried.
    SocketAddr::from_pathname(&path)?;
    make_private(place)?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    Ok((listener, path))
}

/// Makes a folder that only this user gets into.
fn make_private(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // In a place that everybody writes, it may be somebody else's, or a link.
    let found = fs::symlink_metadata(folder)?;
    let is_private = found.is_dir() && found.uid() == user()? && found.mode() & 0o077 == 0;
    if is_private {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!("{} is open to others", folder.display()),
    ))
}

/// Reaches the program of this user that has the project in a folder open; none where there is none.
pub(super) fn connect(folder: &Path) -> Result<Option<UnixStream>, ApiError> {
    let user = user().map_err(|error| ApiError::io("reached", folder, &error))?;
    Ok(connect_in(&places(user), folder, user))
}

fn connect_in(places: &[PathBuf], folder: &Path, user: u32) -> Option<UnixStream> {
    let name = name(folder)?;
    let noted = read_note(folder, &name);
    let known = places.iter().map(|place| place.join(&name));
    noted.into_iter().chain(known).find_map(|path| {
        let stream = UnixStream::connect(path).ok()?;
        (peer(&stream).ok()? == user).then_some(stream)
    })
}

fn name(folder: &Path) -> Option<String> {
    let (device, file) = file_identity(&database(folder))?;
    Some(format!("{device:x}-{file:x}.sock"))
}

/// The folders in which sockets lie, best first. Programs of one user do not all know the same of them.
fn places(user: u32) -> Vec<PathBuf> {
    let told =
        std::env::var_os("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join("wissil"));
    let own = format!("wissil-{user}");
    let mut places: Vec<PathBuf> = told.into_iter().filter(|it| it.is_absolute()).collect();
    for place in [
        PathBuf::from(format!("/run/user/{user}/wissil")),
        std::env::temp_dir().join(&own),
        Path::new("/tmp").join(&own),
    ] {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// The user that this program runs as.
pub(super) fn user() -> io::Result<u32> {
    let (one, _other) = UnixStream::pair()?;
    peer(&one)
}

/// The user that the program at the other end runs as.
pub(super) fn peer(stream: &UnixStream) -> io::Result<u32> {
    let copy = stream.try_clone()?;
    let runtime = runtime().map_err(io::Error::other)?;
    let _entered = runtime.enter();
    stream.set_nonblocking(true)?;
    let peer = tokio::net::UnixStream::from_std(copy).and_then(|copy| copy.peer_cred());
    stream.set_nonblocking(false)?;
    Ok(peer?.uid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_killed_program_is_replaced_and_a_name_that_is_too_long_refused() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("wissil");
        let (first, path) = bind_at(&place, "1-2.sock").unwrap();
        drop(first);
        assert!(path.exists() && UnixStream::connect(&path).is_err());
        let (_second, again) = bind_at(&place, "1-2.sock").unwrap();
        assert_eq!(again, path);
        let reached = UnixStream::connect(&path).unwrap();
        assert_eq!(peer(&reached).unwrap(), user().unwrap());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(bind_at(&place, &"x".repeat(200)).is_err());
    }

    #[test]
    fn a_program_that_knows_other_places_is_found() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let project = tempfile::tempdir().unwrap();
        let (folder, user) = (project.path(), user().unwrap());
        fs::create_dir(folder.join(".wissil")).unwrap();
        fs::write(database(folder), "").unwrap();
        let known = [one.path().join("wissil")];
        let others = [other.path().join("wissil")];
        // What somebody put in the place of the note is not written through.
        let precious = folder.join("precious");
        fs::write(&precious, "kept").unwrap();
        std::os::unix::fs::symlink(&precious, note(folder)).unwrap();
        let (_listener, path) = bind_in(&known, folder).unwrap();
        assert_eq!(fs::read_to_string(&precious).unwrap(), "kept");
        assert!(connect_in(&others, folder, user).is_some());
        // A copy of the folder is another project.
        let copy = tempfile::tempdir().unwrap();
        fs::create_dir(copy.path().join(".wissil")).unwrap();
        fs::write(database(copy.path()), "").unwrap();
        fs::copy(note(folder), note(copy.path())).unwrap();
        assert!(connect_in(&known, copy.path(), user).is_none());
        unbind(folder, &path);
        assert!(!path.exists() && !note(folder).exists());
        assert!(connect_in(&known, folder, user).is_none());
    }

    #[test]
    fn no_socket_lies_where_others_get() {
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, Permissions::from_mode(0o755)).unwrap();
        let refused = bind_at(&open, "1-2.sock").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&open, &link).unwrap();
        assert!(bind_at(&link, "1-2.sock").is_err());
    }
}
