//! The program: who edits here, and which project is open.

use std::path::{Path, PathBuf};

use wissil_model::DocumentKind;

use crate::api::{ApiError, AppInfo, ErrorCode, Person, VerifyReport};
use crate::founding::{add_documents, found};
use crate::home::Home;
use crate::project::{self, Project};
use crate::session::Session;

/// An installation of the program.
#[derive(Clone, Debug)]
pub struct App {
    home: Home,
}

impl App {
    /// The installation whose data stands in that folder (see [`Home::default_folder`]).
    pub fn new(home: impl Into<PathBuf>) -> Result<Self, ApiError> {
        Ok(Self {
            home: Home::open(home)?,
        })
    }

    /// The installation.
    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    /// What the start screen needs.
    pub fn info(&self) -> Result<AppInfo, ApiError> {
        let recents = self.home.recents()?;
        let folders = recents.iter().map(|recent| PathBuf::from(&recent.path));
        project::settle_person(&self.home, folders)?;
        Ok(AppInfo {
            version: env!("CARGO_PKG_VERSION").into(),
            user: self.home.person()?,
            recents,
            projects_folder: self.home.projects_folder().display().to_string(),
        })
    }

    /// Changes the name and colour under which this person edits. An open project learns of it
    /// from [`Session::introduce`].
    pub fn set_person(&self, name: &str, color: &str) -> Result<Person, ApiError> {
        self.home.set_person(name, color)
    }

    /// Takes a project off the list of recent ones.
    pub fn recent_remove(&self, path: &str) -> Result<(), ApiError> {
        self.home.forget(path)
    }

    /// Makes a project with a scene and a Blueprint in a folder, and opens it.
    pub fn create(&self, name: &str, folder: &Path) -> Result<Session, ApiError> {
        let name = project_name(name)?;
        let documents = [
            ("Scene", DocumentKind::SCENE),
            ("Main", DocumentKind::BLUEPRINT),
        ];
        self.build(folder, &name, |project| {
            add_documents(project, &documents)?;
            Ok(())
        })
    }

    /// Opens the project in a folder.
    pub fn open(&self, folder: &Path) -> Result<Session, ApiError> {
        let folder = absolute(folder)?;
        let session = Session::start(&self.home, project::open(&self.home, &folder)?)?;
        let info = session.info()?;
        // The list of recent projects is a convenience; a folder that cannot be written is told by what needs it.
        let _ = self.home.remember(&folder, &info.name);
        Ok(session)
    }

    /// Opens the project in a folder for somebody to stay in: a command that has it open gives it up, and goes on through
    /// this program.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`ErrorCode::Locked`] when another window has it open.
    pub fn take_over(&self, folder: &Path) -> Result<Session, ApiError> {
        #[cfg(unix)]
        return crate::local::take_over(self, &absolute(folder)?);
        #[cfg(not(unix))]
        self.open(folder)
    }

    /// Rings at the window that has the project in a folder open; whether there is one. It comes to the front.
    pub fn ring(&self, folder: &Path) -> bool {
        absolute(folder).is_ok_and(|folder| crate::doorbell::ring(&self.home, &folder))
    }

    /// Opens the project in a folder for reading only; another process may have it open for editing.
    pub fn inspect(&self, folder: &Path) -> Result<Session, ApiError> {
        let folder = absolute(folder)?;
        Session::start_reading(&self.home, project::inspect(&self.home, &folder)?)
    }

    /// Checks everything that the project in a folder stores, and that all is there that was saved in it here.
    pub fn verify(&self, folder: &Path) -> Result<VerifyReport, ApiError> {
        crate::transfer::verify_at(Some(&self.home), &absolute(folder)?)
    }

    /// Makes a project of a file of another tool, or of an exported history, in a folder, and opens it.
    pub fn import(&self, file: &Path, folder: &Path) -> Result<Session, ApiError> {
        let folder = absolute(folder)?;
        crate::transfer::import(&self.home, file, &folder)?;
        self.open(&folder)
    }

    /// Where the sample project stands, or would.
    pub fn sample_folder(&self) -> PathBuf {
        self.home.projects_folder().join("Sample")
    }

    /// Opens the sample project, which is made when it is not there.
    pub fn sample(&self) -> Result<Session, ApiError> {
        let folder = self.sample_folder();
        if !project::is_project(&folder) {
            self.build(&folder, crate::sample::NAME, crate::sample::fill)?;
        }
        self.open(&folder)
    }

    fn build(
        &self,
        folder: &Path,
        name: &str,
        fill: impl FnOnce(&mut Project) -> Result<(), ApiError>,
    ) -> Result<Session, ApiError> {
        let folder = absolute(folder)?;
        project::create(&self.home, &folder, |project| {
            found(project, name, None)?;
            fill(project)
        })?;
        self.open(&folder)
    }
}

fn project_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(ApiError::new(
            ErrorCode::Invalid,
            "a project's name has 1 to 120 characters",
        ));
    }
    Ok(name.to_owned())
}

pub(crate) fn absolute(folder: &Path) -> Result<PathBuf, ApiError> {
    if folder.as_os_str().is_empty() {
        return Err(ApiError::new(ErrorCode::Invalid, "no folder was given"));
    }
    let path =
        std::path::absolute(folder).map_err(|error| ApiError::io("resolved", folder, &error))?;
    // One project has one path, however it is reached.
    Ok(path.canonicalize().unwrap_or(path))
}
