//! Files that are none of the project's.

use std::fs;
use std::io;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::why;

/// The file with the project's own rules, below `assets/`.
pub(crate) const RULES: &str = ".wissilignore";

/// What editors, browsers and systems leave lying around, in the form of the rules file.
const BUILT_IN: &str = "
*~
~$*
*.tmp
*.temp
*.swp
*.part
*.partial
*.crdownload
*.download
*.unfinished
Thumbs.db
ehthumbs.db
desktop.ini
__MACOSX/
$RECYCLE.BIN/
";

/// Tells which files are none of the project's. The last rule that fits a path or a folder above it decides.
pub(crate) struct Rules {
    set: GlobSet,
    rules: Vec<Rule>,
}

/// What a line means for what it fits.
struct Rule {
    ignore: bool,
    folders_only: bool,
}

impl Rules {
    /// The built-in rules and those of an `assets` folder; and what is wrong with the latter, line by line.
    pub fn read(assets: &Path) -> (Self, Vec<String>) {
        let file = assets.join(RULES);
        match fs::read_to_string(&file) {
            Ok(own) => Self::parse(&own),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::parse(""),
            Err(error) => {
                let (rules, mut problems) = Self::parse("");
                problems.push(format!("cannot be read: {}", why(&file, &error)));
                (rules, problems)
            }
        }
    }

    fn parse(own: &str) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let mut set = GlobSetBuilder::new();
        let mut rules = Vec::new();
        for (number, line) in BUILT_IN.lines().map(|line| (0, line)).chain(
            own.lines()
                .enumerate()
                .map(|(index, line)| (index + 1, line)),
        ) {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match glob(line) {
                Ok((glob, rule)) => {
                    set.add(glob);
                    rules.push(rule);
                }
                Err(error) => problems.push(format!("line {number}: {}", error.kind())),
            }
        }
        match set.build() {
            Ok(set) => (Self { set, rules }, problems),
            Err(error) => {
                problems.push(error.to_string());
                let nothing = Self {
                    set: GlobSet::empty(),
                    rules: Vec::new(),
                };
                (nothing, problems)
            }
        }
    }

    /// Whether one name below folders that are not ignored themselves is; `path` has forward slashes.
    pub fn ignores(&self, path: &str, is_folder: bool) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.starts_with('.')
            || self
                .set
                .matches(path)
                .into_iter()
                .filter_map(|index| self.rules.get(index))
                .rfind(|rule| is_folder || !rule.folders_only)
                .is_some_and(|rule| rule.ignore)
    }
}

/// A line as gitignore reads it: `!` takes back, a slash at the end means folders, one elsewhere ties it to `assets`.
fn glob(line: &str) -> Result<(globset::Glob, Rule), globset::Error> {
    let (line, ignore) = match line.strip_prefix('!') {
        Some(rest) => (rest, false),
        None => (line.strip_prefix('\\').unwrap_or(line), true),
    };
    let (line, folders_only) = match line.strip_suffix('/') {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    let pattern = match line.strip_prefix('/') {
        Some(tied) => tied.to_owned(),
        None if line.contains('/') => line.to_owned(),
        None => format!("**/{line}"),
    };
    let glob = GlobBuilder::new(&pattern)
        .literal_separator(true)
        .case_insensitive(true)
        .build()?;
    let rule = Rule {
        ignore,
        folders_only,
    };
    Ok((glob, rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(own: &str, ignored: &[&str], kept: &[&str]) {
        let (rules, problems) = Rules::parse(own);
        assert_eq!(problems, [""; 0]);
        let ignores = |path: &str| rules.ignores(path.trim_end_matches('/'), path.ends_with('/'));
        for path in ignored {
            assert!(ignores(path), "{path} with {own:?}");
        }
        for path in kept {
            assert!(!ignores(path), "{path} with {own:?}");
        }
    }

    #[test]
    fn leavings_of_other_programs_are_ignored() {
        let ignored = [
            ".DS_Store",
            "a/.hidden",
            ".git/",
            "hero.png~",
            "~$plan.xlsx",
            "a/b/hero.tmp",
            "game.zip.crdownload",
            "THUMBS.DB",
            "__MACOSX/",
        ];
        check(
            "",
            &ignored,
            &["hero.png", "a/b", "a.b/", "tmp/", "__MACOSX"],
        );
    }

    #[test]
    fn own_rules_read_as_gitignore() {
        check("*.psd", &["hero.psd", "a/b/HERO.PSD"], &["hero.png", "psd"]);
        check("/raw/", &["raw/"], &["raw", "a/raw/"]);
        check("raw/", &["raw/", "a/raw/"], &["raw"]);
        check(
            "a/*.wav",
            &["a/x.wav"],
            &["x.wav", "a/b/x.wav", "b/a/x.wav"],
        );
        check("a/**/x.wav", &["a/x.wav", "a/b/c/x.wav"], &["x.wav"]);
        check("*.wav\n!keep.wav", &["x.wav"], &["keep.wav"]);
        check("# a note\n\n\\#x", &["#x"], &["# a note"]);
    }

    #[test]
    fn a_line_that_means_nothing_is_named_and_the_others_stand() {
        let (rules, problems) = Rules::parse("*.psd\n[\n");
        assert!(rules.ignores("hero.psd", false));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("line 2: "), "{problems:?}");
    }
}
