//! Taking a picture of a project's scene, for programs that have no window: the page of `ui/picture.html` draws it, in a window
//! that is never shown, with the viewport that people see.
//!
//! The exit code is 0 when it is written, 1 when it is refused, such as for a camera that there is not, and 2 where nothing can
//! be drawn.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use specta::Type;
use tauri::utils::config::WindowConfig;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindowBuilder};

use crate::state::Desktop;
use crate::{builder, objects};

/// The option that asks for it; see [`Picture::from_arguments`].
const OPTION: &str = "--picture";
/// The page that takes it.
const PAGE: &str = "picture.html";
/// Without a word from the page for so long it is given up.
const PATIENCE: Duration = Duration::from_secs(120);
/// The greatest width and height, in pixels: what graphics cards draw at once.
const MAX_SIZE: u32 = 8192;
/// What is written unless the arguments say otherwise.
const SIZE: (u32, u32) = (1280, 720);

/// What the page draws.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PictureAsked {
    /// The camera or the entity that carries it, by name; none for a view of everything.
    pub camera: Option<String>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A picture that was asked for.
pub(crate) struct Picture {
    folder: PathBuf,
    /// The file that is written.
    pub file: PathBuf,
    pub asked: PictureAsked,
    /// When the page said something last.
    heard: Mutex<Instant>,
}

impl Picture {
    /// Reads the arguments of the process, without its name: `--picture FILE --size WIDTHxHEIGHT --camera NAME FOLDER`, the
    /// option first; the size and the camera may be left out. None where no picture is asked for.
    ///
    /// # Errors
    /// What is wrong with them, in words.
    pub(crate) fn from_arguments(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Option<Result<Self, String>> {
        let mut arguments = arguments.into_iter();
        (arguments.next()? == OPTION).then(|| Self::read(arguments))
    }

    fn read(mut arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut value = |option: &str| {
            arguments
                .next()
                .ok_or_else(|| format!("`{option}` says nothing"))
        };
        let file = PathBuf::from(value(OPTION)?);
        let (mut width, mut height) = SIZE;
        let mut camera = None;
        let folder = loop {
            let argument = value("the folder of the project")?;
            match argument.to_str() {
                Some("--size") => (width, height) = size(&value("--size")?)?,
                Some("--camera") => camera = Some(text(value("--camera")?)?),
                _ => break PathBuf::from(argument),
            }
        };
        Ok(Self {
            folder,
            file,
            asked: PictureAsked {
                camera,
                width,
                height,
            },
            heard: Mutex::new(Instant::now()),
        })
    }

    /// The page said something.
    pub(crate) fn hear(&self) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn is_silent(&self) -> bool {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .elapsed()
            > PATIENCE
    }
}

fn text(argument: OsString) -> Result<String, String> {
    argument
        .into_string()
        .map_err(|argument| format!("{} is no text", argument.display()))
}

/// `WIDTHxHEIGHT`.
fn size(argument: &OsString) -> Result<(u32, u32), String> {
    let read = |number: &str| {
        let pixels = number.parse().ok()?;
        (1..=MAX_SIZE).contains(&pixels).then_some(pixels)
    };
    argument
        .to_str()
        .and_then(|text| text.split_once('x'))
        .and_then(|(width, height)| Some((read(width)?, read(height)?)))
        .ok_or_else(|| {
            format!(
                "{} is no size; it is a width and a height of 1 to {MAX_SIZE} pixels, such as 1280x720",
                argument.display()
            )
        })
}

/// Takes it, and ends the process.
pub(crate) fn take(picture: Picture) -> tauri::Result<()> {
    let desktop = Arc::new(Desktop::new(None));
    if let Err(error) = desktop.look(&picture.folder) {
        eprintln!("{}", error.message);
        std::process::exit(2);
    }
    let served = Arc::clone(&desktop);
    let picture = Arc::new(picture);
    let waited = Arc::clone(&picture);
    builder(&desktop)
        .manage(picture)
        .register_asynchronous_uri_scheme_protocol(objects::SCHEME, move |_, request, responder| {
            objects::answer(&served, &request, responder);
        })
        .setup(move |app| {
            for window in &app.config().app.windows {
                let window = WindowConfig {
                    url: WebviewUrl::App(PAGE.into()),
                    visible: false,
                    ..window.clone()
                };
                // It keeps nothing, and shares nothing with the window of the project.
                WebviewWindowBuilder::from_config(app.handle(), &window)?
                    .incognito(true)
                    .build()?;
            }
            let handle = app.handle().clone();
            thread::spawn(move || {
                while !waited.is_silent() {
                    thread::sleep(Duration::from_secs(1));
                }
                fail(
                    &handle,
                    "the viewport did not answer; this machine may be too slow for this scene",
                    2,
                );
            });
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(|_, _| {});
    Ok(())
}

/// Ends the process without a picture.
pub(crate) fn fail(app: &AppHandle, why: &str, code: i32) {
    eprintln!("{why}");
    app.exit(code);
}

/// The picture that the process was asked for; none in a window.
pub(crate) fn asked_of(app: &AppHandle) -> Option<Arc<Picture>> {
    app.try_state::<Arc<Picture>>()
        .map(|picture| Arc::clone(&picture))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &str) -> Option<Result<Picture, String>> {
        Picture::from_arguments(arguments.split(' ').map(OsString::from))
    }

    #[test]
    fn only_its_own_option_asks_for_one() {
        assert!(read("/projects/castle").is_none());
        assert!(read("--sample").is_none());
        assert!(Picture::from_arguments([]).is_none());
    }

    #[test]
    fn what_is_left_out_is_a_view_of_everything() {
        let picture = read("--picture out.png /projects/castle").unwrap().unwrap();
        assert_eq!(picture.folder, PathBuf::from("/projects/castle"));
        assert_eq!(picture.file, PathBuf::from("out.png"));
        assert_eq!(picture.asked.camera, None);
        assert_eq!((picture.asked.width, picture.asked.height), SIZE);
        let picture = read("--picture out.png --camera Top --size 80x60 castle")
            .unwrap()
            .unwrap();
        assert_eq!(picture.asked.camera.as_deref(), Some("Top"));
        assert_eq!((picture.asked.width, picture.asked.height), (80, 60));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let wrong = |arguments: &str| read(arguments).unwrap().err().unwrap();
        assert!(wrong("--picture").contains("--picture"));
        assert!(wrong("--picture out.png").contains("folder"));
        for size in ["80", "80x", "0x60", "80x9000", "-1x3", "80x60x3"] {
            assert!(
                wrong(&format!("--picture out.png --size {size} castle")).contains("1280x720"),
                "{size}"
            );
        }
    }
}
