//! Where a file stands below `assets/`, in a form that every system can hold.

use std::borrow::Borrow;
use std::fmt;
use std::path::{Path, PathBuf};

/// Most bytes of one name; no common file system takes more.
const MAX_NAME: usize = 255;
/// Most bytes of a whole path. Windows counts the project's folder too.
const MAX_PATH: usize = 512;
/// Characters that Windows keeps for itself.
const RESERVED: &[char] = &['<', '>', ':', '"', '|', '?', '*', '\\'];
/// Names that are devices on Windows, whatever their ending.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A path below `assets/` with forward slashes: never empty, never leading out, the same on every system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AssetPath(String);

/// Why a text is no path of a file, as the end of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathProblem {
    #[error("is not a path below `assets`")]
    Outside,
    #[error("is hidden: a part of it begins with a dot")]
    Hidden,
    #[error("has a `{0}`, which not every system can hold")]
    Character(char),
    #[error("has the name `{0}`, which Windows keeps for a device")]
    Device(String),
    #[error("has a part that ends with a dot or a space, which Windows drops")]
    End,
    #[error("is too long: a name has at most {MAX_NAME} bytes, a path {MAX_PATH}")]
    Long,
    #[error("has a name that is not Unicode")]
    NotUnicode,
}

impl AssetPath {
    /// Checks a path; it may come from anybody.
    pub fn new(text: &str) -> Result<Self, PathProblem> {
        if text.len() > MAX_PATH {
            return Err(PathProblem::Long);
        }
        for name in text.split('/') {
            check_name(name)?;
        }
        Ok(Self(text.to_owned()))
    }

    /// The path of a file that stands below a folder.
    pub fn of(folder: &Path, file: &Path) -> Result<Self, PathProblem> {
        let below = file
            .strip_prefix(folder)
            .map_err(|_| PathProblem::Outside)?;
        let mut names = Vec::new();
        for name in below {
            names.push(name.to_str().ok_or(PathProblem::NotUnicode)?);
        }
        Self::new(&names.join("/"))
    }

    /// The path nearest to a text that every system can hold.
    pub fn nearest(text: &str) -> Result<Self, PathProblem> {
        let fitting: String = text
            .chars()
            .map(|c| {
                let held = !c.is_control() && !RESERVED.contains(&c);
                if held { c } else { '_' }
            })
            .collect();
        let names: Vec<_> = fitting
            .split('/')
            .map(|name| name.trim_end_matches(['.', ' ']))
            .collect();
        Self::new(&names.join("/"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the file stands when `assets` is that folder.
    pub fn below(&self, assets: &Path) -> PathBuf {
        self.0
            .split('/')
            .fold(assets.to_owned(), |path, name| path.join(name))
    }

    /// The name without the folders.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The ending of the name in small letters; none when it has none.
    pub fn ending(&self) -> Option<String> {
        let (stem, ending) = self.name().rsplit_once('.')?;
        (!stem.is_empty()).then(|| ending.to_ascii_lowercase())
    }

    /// What paths have in common that some systems cannot tell apart.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// The folders that the file stands in, the outermost first.
    pub fn folders(&self) -> impl Iterator<Item = Self> {
        let ends = self.0.match_indices('/');
        ends.map(|(end, _)| Self(self.0[..end].to_owned()))
    }

    /// The same path below another folder than one of its own.
    pub fn moved(&self, from: &Self, to: &Self) -> Self {
        let below = self.0.strip_prefix(from.as_str()).unwrap_or(&self.0);
        Self(format!("{to}{below}"))
    }

    /// The same path with a note before its ending: `hero (2).png`.
    pub fn noted(&self, note: &str) -> Self {
        let (folder, name) = match self.0.rsplit_once('/') {
            Some((folder, name)) => (Some(folder), name),
            None => (None, self.as_str()),
        };
        let (stem, ending) = match name.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() => (stem, Some(ending)),
            _ => (name, None),
        };
        let mut text = folder.map_or_else(String::new, |folder| format!("{folder}/"));
        text.push_str(&format!("{stem} ({note})"));
        if let Some(ending) = ending {
            text.push('.');
            text.push_str(ending);
        }
        Self(text)
    }
}

impl Borrow<str> for AssetPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AssetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_name(name: &str) -> Result<(), PathProblem> {
    if name.is_empty() || name == "." || name == ".." {
        return Err(PathProblem::Outside);
    }
    if name.starts_with('.') {
        return Err(PathProblem::Hidden);
    }
    if name.len() > MAX_NAME {
        return Err(PathProblem::Long);
    }
    if let Some(c) = name
        .chars()
        .find(|c| c.is_control() || RESERVED.contains(c))
    {
        return Err(PathProblem::Character(c));
    }
    if name.ends_with(['.', ' ']) {
        return Err(PathProblem::End);
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    if is_device(&stem.to_lowercase()) {
        return Err(PathProblem::Device(stem.to_owned()));
    }
    Ok(())
}

fn is_device(stem: &str) -> bool {
    let numbered = stem
        .strip_prefix("com")
        .or_else(|| stem.strip_prefix("lpt"))
        .is_some_and(|number| {
            let mut digits = number.chars();
            let digit = digits.next();
            digits.next().is_none() && digit.is_some_and(|d| "123456789¹²³".contains(d))
        });
    numbered || DEVICES.contains(&stem)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn paths_that_lead_out_or_not_every_system_holds_are_refused() {
        use PathProblem::*;
        let long = "a".repeat(256);
        let deep = "abcdefgh/".repeat(60) + "a";
        let cases: &[(&str, PathProblem)] = &[
            ("", Outside),
            ("/etc/passwd", Outside),
            ("../hero.png", Outside),
            ("a/../../hero.png", Outside),
            ("a//b", Outside),
            ("a/./b", Outside),
            ("a/", Outside),
            (".wissilignore", Hidden),
            (".git/hooks/pre-commit", Hidden),
            ("C:/hero.png", Character(':')),
            ("C:hero.png", Character(':')),
            ("a\\..\\b", Character('\\')),
            ("\\\\server\\share", Character('\\')),
            ("what?.png", Character('?')),
            ("a\0b", Character('\0')),
            ("a\nb", Character('\n')),
            ("con", Device("con".into())),
            ("a/AUX.png", Device("AUX".into())),
            ("lpt1.tar.gz", Device("lpt1".into())),
            ("nul .txt", Device("nul".into())),
            ("hero.", End),
            ("hero /a.png", End),
            (&long, Long),
            (&deep, Long),
        ];
        for (text, problem) in cases {
            assert_eq!(AssetPath::new(text).as_ref(), Err(problem), "{text:?}");
        }
    }

    #[test]
    fn others_are_taken_as_they_are() {
        for text in [
            "hero.png",
            "models/hero (2).glb",
            "Größe/日本.wav",
            "console.log",
            "com10",
            "a..b",
        ] {
            assert_eq!(AssetPath::new(text).unwrap().as_str(), text);
        }
        let path = AssetPath::new("models/hero.png").unwrap();
        assert_eq!(path.below(Path::new("p")), Path::new("p/models/hero.png"));
        assert_eq!(
            AssetPath::of(Path::new("p"), Path::new("p/models/hero.png")),
            Ok(path)
        );
    }

    #[test]
    fn notes_stand_before_the_ending() {
        let noted = |text| AssetPath::new(text).unwrap().noted("2").to_string();
        assert_eq!(noted("hero.png"), "hero (2).png");
        assert_eq!(noted("a.b/hero"), "a.b/hero (2)");
        assert_eq!(noted("models/hero.tar.gz"), "models/hero.tar (2).gz");
    }

    #[test]
    fn what_a_person_imports_gets_the_nearest_name() {
        let nearest = |text| AssetPath::nearest(text).map(|path| path.to_string());
        assert_eq!(
            nearest("Take 3: final?.wav"),
            Ok("Take 3_ final_.wav".into())
        );
        assert_eq!(nearest("hero. "), Ok("hero".into()));
        assert_eq!(nearest("..."), Err(PathProblem::Outside));
    }
}
