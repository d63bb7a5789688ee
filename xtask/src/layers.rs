//! The layers: which part may know which, as drawn in `ARCHITECTURE.md`.

mod ui;

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{cargo, output};
use crate::fail::{Result, fail};

/// What each package of the workspace may use of the others. Below the façade a package may also name the types of the
/// layers that its own layer speaks of; above it, the façade is all there is.
const LAYERS: &[(&str, &[&str])] = &[
    ("wissil-dag", &[]),
    ("wissil-model", &["wissil-dag"]),
    ("wissil-runtime", &["wissil-model", "wissil-dag"]),
    ("wissil-interchange", &["wissil-model", "wissil-dag"]),
    ("wissil-sync", &["wissil-model", "wissil-dag"]),
    (
        "wissil-store",
        &["wissil-sync", "wissil-model", "wissil-dag"],
    ),
    (
        "wissil-nats",
        &["wissil-sync", "wissil-model", "wissil-dag"],
    ),
    (
        "wissil-session",
        &[
            "wissil-dag",
            "wissil-model",
            "wissil-runtime",
            "wissil-interchange",
            "wissil-sync",
            "wissil-store",
            "wissil-nats",
        ],
    ),
    // Of tests only.
    ("wissil-cluster", &["wissil-nats"]),
    ("wissil-cli", &["wissil-session"]),
    ("wissil-gateway", &["wissil-dag", "wissil-nats"]),
    ("wissil-desktop", &["wissil-session"]),
    ("wissil-tests", &["wissil-session", "wissil-gateway"]),
    ("xtask", &[]),
];

/// Libraries that one package keeps to itself. A name that ends in `*` stands for all that begin so.
const KEPT: &[(&str, &str)] = &[
    ("yrs", "wissil-model"),
    ("rusqlite", "wissil-store"),
    ("async-nats", "wissil-nats"),
    ("notify", "wissil-session"),
    ("tauri*", "wissil-desktop"),
];

/// Packages that take time, randomness and ids as arguments, and touch no file, socket or async runtime.
const PURE: &[&str] = &["dag", "model", "runtime", "interchange", "sync"];

/// Libraries that a pure package cannot use and stay pure.
const IMPURE_LIBRARIES: &[&str] = &[
    "async-std",
    "futures",
    "getrandom",
    "mio",
    "notify",
    "rand",
    "reqwest",
    "smol",
    "tokio",
    "ureq",
];

/// Words that a pure package cannot say and stay pure.
const IMPURE_WORDS: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "SystemTime",
    "Instant::now",
    "tokio",
    "getrandom",
    "rand::",
];

/// Checks every rule and names every breach.
pub fn check() -> Result<String> {
    let mut breaches = Vec::new();
    let mut packages = dependencies("normal,build")?;
    breaches.extend(check_packages(&packages));
    // Tests may look at more than the code they test, but never up at the façade.
    packages = dependencies("dev")?;
    for (package, used) in &packages {
        let shell = ["wissil-cli", "wissil-desktop", "wissil-tests"].contains(&package.as_str());
        if !shell && used.iter().any(|name| name == "wissil-session") {
            breaches.push(format!(
                "{package}'s tests use wissil-session, which stands above it"
            ));
        }
    }
    for name in PURE {
        let folder = Path::new("crates").join(name).join("src");
        for file in files(&folder, &["rs"])? {
            let text = fs::read_to_string(&file)?;
            breaches.extend(impure_lines(&text).into_iter().map(|(line, word)| {
                format!(
                    "{}:{line} says `{word}`: {name} takes such things as arguments",
                    file.display()
                )
            }));
        }
    }
    for file in files(Path::new("ui/src"), &["ts", "tsx"])? {
        let text = fs::read_to_string(&file)?;
        breaches.extend(ui::breaches(&file, &text));
    }
    if breaches.is_empty() {
        Ok("hold".to_owned())
    } else {
        Err(fail(format!(
            "the layers are broken:\n  {}",
            breaches.join("\n  ")
        )))
    }
}

/// Each package of the workspace with what it depends on directly.
fn dependencies(kinds: &str) -> Result<Vec<(String, Vec<String>)>> {
    let tree = output(cargo().args([
        "tree",
        "--workspace",
        "--depth",
        "1",
        "--edges",
        kinds,
        "--target",
        "all",
        "--prefix",
        "depth",
        "--format",
        "{p}",
    ]))
    .ok_or_else(|| fail("`cargo tree --workspace` failed; run it to see why"))?;
    Ok(parse_tree(&tree))
}

fn parse_tree(tree: &str) -> Vec<(String, Vec<String>)> {
    let mut packages: Vec<(String, Vec<String>)> = Vec::new();
    for line in tree.lines() {
        let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        if let Some(line) = line.strip_prefix('0') {
            packages.push((name(line), Vec::new()));
        } else if let (Some(line), Some((_, used))) = (line.strip_prefix('1'), packages.last_mut())
        {
            used.push(name(line));
        }
    }
    packages
}

fn check_packages(packages: &[(String, Vec<String>)]) -> Vec<String> {
    let mut breaches = Vec::new();
    let workspace: Vec<&str> = packages.iter().map(|(name, _)| name.as_str()).collect();
    for (package, used) in packages {
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| name == package) else {
            breaches.push(format!(
                "{package} has no place in the layers; a thing has a home or it is not needed"
            ));
            continue;
        };
        let is_pure = PURE.iter().any(|name| package == &format!("wissil-{name}"));
        for library in used {
            if workspace.contains(&library.as_str()) && !allowed.contains(&library.as_str()) {
                breaches.push(format!("{package} may not use {library}"));
            }
            for (kept, owner) in KEPT {
                let matches = match kept.strip_suffix('*') {
                    Some(start) => library.starts_with(start),
                    None => library == kept,
                };
                if matches && package != owner {
                    breaches.push(format!(
                        "{package} may not use {library}: only {owner} does"
                    ));
                }
            }
            if is_pure && IMPURE_LIBRARIES.contains(&library.as_str()) {
                breaches.push(format!("{package} may not use {library}: it is pure"));
            }
        }
    }
    breaches
}

/// The lines, counted from one, on which code that is not a test names the outside world.
fn impure_lines(text: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    let mut test_item: Option<Item> = None;
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        if let Some(item) = &mut test_item {
            if item.ends_with(code) {
                test_item = None;
            }
            continue;
        }
        if code.trim() == "#[cfg(test)]" {
            test_item = Some(Item::default());
            continue;
        }
        for word in IMPURE_WORDS {
            if says(code, word) {
                found.push((index + 1, *word));
            }
        }
    }
    found
}

/// An item being skipped: it ends with its last brace, or with a semicolon before any.
#[derive(Default)]
struct Item {
    depth: usize,
    opened: bool,
}

impl Item {
    fn ends_with(&mut self, code: &str) -> bool {
        for character in code.chars() {
            match character {
                '{' => {
                    self.depth += 1;
                    self.opened = true;
                }
                '}' => self.depth = self.depth.saturating_sub(1),
                ';' if !self.opened => return true,
                _ => {}
            }
        }
        self.opened && self.depth == 0
    }
}

/// Whether `word` stands in `code` and does not begin in the middle of another.
fn says(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        !code[..at]
            .chars()
            .next_back()
            .is_some_and(|before| before.is_alphanumeric() || before == '_')
    })
}

fn files(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            // A folder or file named `tests` is a test module in files of its own.
            if !path.ends_with("tests") {
                found.extend(files(&path, extensions)?);
            }
        } else if path
            .extension()
            .is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
            && path.file_stem().is_none_or(|stem| stem != "tests")
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(tree: &str) -> Vec<String> {
        check_packages(&parse_tree(tree))
    }

    #[test]
    fn allowed_dependencies_pass() {
        let tree = "0wissil-dag v0.1.0 (/x)\n1cid v0.11.3\n\n0wissil-model v0.1.0 (/x)\n1wissil-dag v0.1.0 (/x)\n1yrs v0.28.1\n";
        assert_eq!(breaches(tree), Vec::<String>::new());
    }

    #[test]
    fn dependencies_upward_and_outward_are_named() {
        let tree = "0wissil-dag v0.1.0\n1wissil-model v0.1.0\n1tokio v1.0.0\n0wissil-model v0.1.0\n0wissil-cli v0.1.0\n1tauri-specta v2.0.0\n1rusqlite v0.41.0\n0wissil-utils v0.1.0\n";
        let found = breaches(tree);
        for part in [
            "wissil-dag may not use wissil-model",
            "wissil-dag may not use tokio",
            "wissil-cli may not use tauri-specta",
            "wissil-cli may not use rusqlite",
            "wissil-utils has no place",
        ] {
            assert!(
                found.iter().any(|line| line.contains(part)),
                "{part}: {found:?}"
            );
        }
        assert_eq!(found.len(), 5, "{found:?}");
    }

    #[test]
    fn impurity_is_found_outside_tests_and_comments() {
        let text = "use std::fs;\n// std::net\nlet operand::x = 1;\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\nlet now = SystemTime::now();\n#[cfg(test)]\nmod cases;\nrand::random()\n";
        assert_eq!(
            impure_lines(text),
            vec![(1, "std::fs"), (8, "SystemTime"), (11, "rand::")]
        );
    }
}
