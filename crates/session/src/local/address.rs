//! Where the program that has a project open is found.
//!
//! The socket is named by the file that the project's database is, so that it follows the project wherever its folder is
//! moved, and nothing of it stands in the project. It lies where only its user gets.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use crate::api::ApiError;
use crate::network::runtime;
use crate::project::{database, file_identity};

/// Listens for the project in a folder, whose lock is held: what stands in the socket's place is of a program that was
/// killed.
pub(super) fn bind(folder: &Path) -> io::Result<(UnixListener, PathBuf)> {
    let name = name(folder).ok_or(io::ErrorKind::NotFound)?;
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for place in places(user()?) {
        match bind_at(&place, &name) {
            Ok(bound) => return Ok(bound),
            Err(error) => failed = error,
        }
    }
    Err(failed)
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
    let Some(name) = name(folder) else {
        return Ok(None);
    };
    let user = user().map_err(|error| ApiError::io("reached", folder, &error))?;
    let reached = places(user).into_iter().find_map(|place| {
        let stream = UnixStream::connect(place.join(&name)).ok()?;
        (peer(&stream).ok()? == user).then_some(stream)
    });
    Ok(reached)
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
