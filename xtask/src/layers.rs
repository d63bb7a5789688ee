//! The layers: which part may know which, as drawn in `ARCHITECTURE.md`.

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

/// What each folder of `ui/src` may import of the others, lowest first.
const UI_LAYERS: &[(&str, &[&str])] = &[
    ("ipc", &[]),
    ("design", &[]),
    ("documents", &["ipc"]),
    ("project", &["documents", "ipc", "design"]),
    ("presence", &["project", "documents", "ipc", "design"]),
    (
        "workspace",
        &["presence", "project", "documents", "ipc", "design"],
    ),
    ("graph", WORKSPACE_AND_BELOW),
    ("panels", WORKSPACE_AND_BELOW),
    (
        "editors",
        &[
            "graph",
            "workspace",
            "presence",
            "project",
            "documents",
            "ipc",
            "design",
        ],
    ),
    ("start", WORKSPACE_AND_BELOW),
    ("sharing", WORKSPACE_AND_BELOW),
    (
        "projects",
        &[
            "sharing",
            "workspace",
            "presence",
            "project",
            "documents",
            "ipc",
            "design",
        ],
    ),
    (
        "drop",
        &[
            "panels",
            "workspace",
            "presence",
            "project",
            "documents",
            "ipc",
            "design",
        ],
    ),
    (
        "app",
        &[
            "drop",
            "projects",
            "sharing",
            "start",
            "editors",
            "panels",
            "graph",
            "workspace",
            "presence",
            "project",
            "documents",
            "ipc",
            "design",
        ],
    ),
    ("main.tsx", &["app", "design"]),
    // Of tests only.
    (
        UI_TESTING,
        &["workspace", "presence", "project", "documents", "ipc"],
    ),
];

const WORKSPACE_AND_BELOW: &[&str] = &[
    "workspace",
    "presence",
    "project",
    "documents",
    "ipc",
    "design",
];

/// What tests of every folder may use besides.
const UI_TESTING: &str = "testing";

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
        breaches.extend(ui_breaches(&file, &text));
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

fn ui_breaches(file: &Path, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let folder = ui_folder(file);
    let Some((folder, (_, allowed))) = folder.as_ref().and_then(|folder| {
        let layer = UI_LAYERS.iter().find(|(name, _)| name == folder)?;
        Some((folder, layer))
    }) else {
        return vec![format!(
            "{} has no place in the layers of ui/src; a thing has a home or it is not needed",
            file.display()
        )];
    };
    let own_editor = editor_of(file);
    for (index, line) in text.lines().enumerate() {
        for specifier in specifiers(line) {
            let mut breach = |why: String| {
                breaches.push(format!(
                    "{}:{} imports {specifier}: {why}",
                    file.display(),
                    index + 1
                ));
            };
            if specifier.starts_with("@tauri-apps/") && folder != "ipc" {
                breach("only ui/src/ipc may know the shell".to_owned());
            }
            let Some(target) = resolve(file, specifier) else {
                continue;
            };
            let Some(other) = ui_folder(&target).filter(|other| other != folder) else {
                if let (Some(own), Some(other)) = (&own_editor, editor_of(&target))
                    && own != &other
                {
                    breach(format!(
                        "the editors {own} and {other} do not know each other"
                    ));
                }
                continue;
            };
            let for_a_test = other == UI_TESTING && is_ui_test(file);
            if !for_a_test && !allowed.contains(&other.as_str()) {
                breach(format!("{folder} may not use {other}"));
            }
        }
    }
    breaches
}

/// The folder of `ui/src` that a file belongs to; its own name where it stands in none.
fn ui_folder(file: &Path) -> Option<String> {
    let first = file.strip_prefix("ui/src").ok()?.components().next()?;
    Some(first.as_os_str().to_string_lossy().into_owned())
}

fn is_ui_test(file: &Path) -> bool {
    file.file_stem()
        .is_some_and(|stem| stem.to_string_lossy().ends_with(".test"))
}

/// What a line imports: the text in quotes after `from`, `import` or `import(`.
fn specifiers(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, word) in line
        .match_indices("from")
        .chain(line.match_indices("import"))
    {
        let rest = line[at + word.len()..].trim_start_matches([' ', '(']);
        let Some(quote) = rest.chars().next().filter(|first| "'\"".contains(*first)) else {
            continue;
        };
        if let Some((specifier, _)) = rest[1..].split_once(quote) {
            found.push(specifier);
        }
    }
    found
}

/// The editor a file belongs to: its folder under `ui/src/editors`.
fn editor_of(file: &Path) -> Option<String> {
    let mut parts = file.strip_prefix("ui/src/editors").ok()?.components();
    let first = parts.next()?;
    let is_folder = parts.next().is_some() || file.extension().is_none();
    is_folder.then(|| first.as_os_str().to_string_lossy().into_owned())
}

/// Where a relative import leads.
fn resolve(file: &Path, specifier: &str) -> Option<PathBuf> {
    if !specifier.starts_with('.') {
        return None;
    }
    let mut path = file.parent()?.to_path_buf();
    for part in specifier.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    Some(path)
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

    #[test]
    fn the_shell_is_known_in_one_folder_only() {
        let line = "import { invoke } from \"@tauri-apps/api/core\";";
        assert_eq!(
            ui_breaches(Path::new("ui/src/panels/Problems.tsx"), line).len(),
            1
        );
        assert_eq!(
            ui_breaches(Path::new("ui/src/ipc/commands.ts"), line).len(),
            0
        );
    }

    fn ui_breach(file: &str, import: &str) -> Option<String> {
        ui_breaches(Path::new(file), import).pop()
    }

    #[test]
    fn editors_do_not_import_each_other() {
        let file = "ui/src/editors/scene/view/Viewport.tsx";
        for import in [
            "import x from '../../blueprint/pins'",
            "await import(\"../../blueprint\")",
        ] {
            let breach = ui_breach(file, import).unwrap_or_default();
            assert!(
                breach.contains("scene and blueprint do not know each other"),
                "{import}: {breach}"
            );
        }
        assert_eq!(ui_breach(file, "import x from '../camera'"), None);
        assert_eq!(
            ui_breach(file, "import x from '../../../documents/store'"),
            None
        );
    }

    #[test]
    fn folders_of_the_ui_import_downward_only() {
        let allowed = [
            ("ui/src/documents/apply.ts", "../ipc"),
            (
                "ui/src/panels/outline/OutlinePanel.tsx",
                "../../workspace/tabs",
            ),
            ("ui/src/editors/shader/Editor.tsx", "../../graph/Canvas"),
            ("ui/src/app/editors.ts", "../editors/blueprint"),
            ("ui/src/main.tsx", "./app/App"),
            (
                "ui/src/panels/assets/Assets.test.tsx",
                "../../testing/reset",
            ),
        ];
        for (file, target) in allowed {
            let import = format!("import {{ x }} from \"{target}\";");
            assert_eq!(ui_breach(file, &import), None, "{file} imports {target}");
        }
        let refused = [
            (
                "ui/src/ipc/index.ts",
                "../documents/apply",
                "ipc may not use documents",
            ),
            (
                "ui/src/ipc/testing/twin.ts",
                "../../project/session",
                "ipc may not use project",
            ),
            (
                "ui/src/workspace/tabs.ts",
                "../panels/assets",
                "workspace may not use panels",
            ),
            (
                "ui/src/panels/outline/Outline.tsx",
                "../../editors/blueprint",
                "panels may not use editors",
            ),
            (
                "ui/src/panels/outline/Outline.tsx",
                "../../app/App",
                "panels may not use app",
            ),
            (
                "ui/src/editors/scene/Tree.tsx",
                "../../panels/assets",
                "editors may not use panels",
            ),
            (
                "ui/src/editors/scene/Tree.tsx",
                "../../app/App",
                "editors may not use app",
            ),
            (
                "ui/src/graph/Canvas.tsx",
                "../editors/blueprint",
                "graph may not use editors",
            ),
            (
                "ui/src/drop/FileDrop.tsx",
                "../editors/blueprint",
                "drop may not use editors",
            ),
            (
                "ui/src/panels/assets/Assets.tsx",
                "../../testing/reset",
                "panels may not use testing",
            ),
        ];
        for (file, target, why) in refused {
            let import = format!("import {{ x }} from \"{target}\";");
            let breach = ui_breach(file, &import).unwrap_or_default();
            assert!(breach.contains(why), "{file} imports {target}: {breach}");
        }
    }

    #[test]
    fn a_folder_of_the_ui_has_a_place() {
        let breach = ui_breach("ui/src/common/size.ts", "").unwrap_or_default();
        assert!(breach.contains("has no place"), "{breach}");
    }

    #[test]
    fn what_one_folder_of_the_ui_uses_stands_below_it() {
        for (at, (folder, allowed)) in UI_LAYERS.iter().enumerate() {
            for used in *allowed {
                assert!(
                    UI_LAYERS[..at].iter().any(|(below, _)| below == used),
                    "{folder} uses {used}"
                );
            }
        }
    }
}
