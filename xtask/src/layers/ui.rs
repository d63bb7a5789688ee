//! The folders of the window, which have an order too.

use std::path::{Path, PathBuf};

/// What each folder of `ui/src` may import of the others, lowest first.
const LAYERS: &[(&str, &[&str])] = &[
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
    ("viewport", WORKSPACE_AND_BELOW),
    ("panels", WORKSPACE_AND_BELOW),
    (
        "editors",
        &[
            "graph",
            "viewport",
            "workspace",
            "presence",
            "project",
            "documents",
            "ipc",
            "design",
        ],
    ),
    ("picture", &["viewport", "documents", "ipc"]),
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
            "viewport",
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
        TESTING,
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
const TESTING: &str = "testing";

/// What a file of the window imports that it may not.
pub fn breaches(file: &Path, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let folder = folder_of(file);
    let Some((folder, (_, allowed))) = folder.as_ref().and_then(|folder| {
        let layer = LAYERS.iter().find(|(name, _)| name == folder)?;
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
            let Some(other) = folder_of(&target).filter(|other| other != folder) else {
                if let (Some(own), Some(other)) = (&own_editor, editor_of(&target))
                    && own != &other
                {
                    breach(format!(
                        "the editors {own} and {other} do not know each other"
                    ));
                }
                continue;
            };
            let for_a_test = other == TESTING && is_test(file);
            if !for_a_test && !allowed.contains(&other.as_str()) {
                breach(format!("{folder} may not use {other}"));
            }
        }
    }
    breaches
}

/// The folder of `ui/src` that a file belongs to; its own name where it stands in none.
fn folder_of(file: &Path) -> Option<String> {
    let first = file.strip_prefix("ui/src").ok()?.components().next()?;
    Some(first.as_os_str().to_string_lossy().into_owned())
}

fn is_test(file: &Path) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_is_known_in_one_folder_only() {
        let line = "import { invoke } from \"@tauri-apps/api/core\";";
        assert_eq!(
            breaches(Path::new("ui/src/panels/Problems.tsx"), line).len(),
            1
        );
        assert_eq!(breaches(Path::new("ui/src/ipc/commands.ts"), line).len(), 0);
    }

    fn breach_of(file: &str, import: &str) -> Option<String> {
        breaches(Path::new(file), import).pop()
    }

    #[test]
    fn editors_do_not_import_each_other() {
        let file = "ui/src/editors/scene/view/Viewport.tsx";
        for import in [
            "import x from '../../blueprint/pins'",
            "await import(\"../../blueprint\")",
        ] {
            let breach = breach_of(file, import).unwrap_or_default();
            assert!(
                breach.contains("scene and blueprint do not know each other"),
                "{import}: {breach}"
            );
        }
        assert_eq!(breach_of(file, "import x from '../camera'"), None);
        assert_eq!(
            breach_of(file, "import x from '../../../documents/store'"),
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
            assert_eq!(breach_of(file, &import), None, "{file} imports {target}");
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
                "ui/src/viewport/camera/view.ts",
                "../../editors/scene",
                "viewport may not use editors",
            ),
            (
                "ui/src/workspace/tabs.ts",
                "../viewport/stage",
                "workspace may not use viewport",
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
            let breach = breach_of(file, &import).unwrap_or_default();
            assert!(breach.contains(why), "{file} imports {target}: {breach}");
        }
    }

    #[test]
    fn a_folder_of_the_ui_has_a_place() {
        let breach = breach_of("ui/src/common/size.ts", "").unwrap_or_default();
        assert!(breach.contains("has no place"), "{breach}");
    }

    #[test]
    fn what_one_folder_of_the_ui_uses_stands_below_it() {
        for (at, (folder, allowed)) in LAYERS.iter().enumerate() {
            for used in *allowed {
                assert!(
                    LAYERS[..at].iter().any(|(below, _)| below == used),
                    "{folder} uses {used}"
                );
            }
        }
    }
}
