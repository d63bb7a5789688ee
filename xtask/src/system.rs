//! What the operating system must provide: packages of Debian and its kin, and Node.

use crate::command::{Done, command, done, exists, output, run, step};
use crate::fail::{Result, fail};

/// What a command of this program needs from the operating system.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Build the app and show it on this display.
    Window,
    /// Build it and show it in a virtual display.
    VirtualWindow,
    /// Build it and drive it in a virtual display.
    Test,
}

const BUILD: &[&str] = &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev"];
const VIRTUAL: &[&str] = &["xvfb", "imagemagick", "fonts-dejavu-core", "dbus-daemon"];
const TESTS: &[&str] = &["webkit2gtk-driver", "python3", "python3-pip"];

/// The oldest Node that the UI's tools accept.
const NODE: (u32, u32) = (20, 19);

/// Checks for the system's packages and installs what is missing, or says how.
pub fn packages(purpose: Purpose) -> Result<()> {
    step("system packages", || {
        if !cfg!(target_os = "linux") {
            return Ok(done("nothing needed here"));
        }
        let mut wanted = BUILD.to_vec();
        if purpose != Purpose::Window {
            wanted.extend(VIRTUAL);
        }
        if purpose == Purpose::Test {
            wanted.extend(TESTS);
        }
        if !exists("dpkg-query") || !exists("apt-get") {
            return without_apt(&wanted);
        }
        let missing: Vec<&str> = wanted
            .into_iter()
            .filter(|name| !is_installed(name))
            .collect();
        if missing.is_empty() {
            return Ok(done("all there"));
        }
        apt_install(&missing)?;
        Ok(done(format!("installed {}", missing.join(", "))))
    })
}

/// Checks for Node and npm and installs them if they are missing or too old, or says how.
pub fn node() -> Result<()> {
    step("Node", || {
        if let Some(version) = good_node() {
            return Ok(done(version));
        }
        if !exists("npm") {
            if !exists("apt-get") {
                return Err(node_by_hand());
            }
            apt_install(&["nodejs", "npm"])?;
            if let Some(version) = good_node() {
                return Ok(done(format!("installed {version}")));
            }
        }
        // The system's Node is too old for the UI's tools, and new enough to fetch a newer one.
        run(command("npm").args([
            "install",
            "--prefix",
            ".tools/node",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "node@22",
        ]))
        .map_err(|_| node_by_hand())?;
        let version = good_node().ok_or_else(node_by_hand)?;
        Ok(done(format!("installed {version} in .tools/node")))
    })
}

fn good_node() -> Option<String> {
    let version = output(command("node").arg("--version"))?;
    output(command("npm").arg("--version"))?;
    let version = version.trim();
    let mut numbers = version.trim_start_matches('v').split('.');
    let major: u32 = numbers.next()?.parse().ok()?;
    let minor: u32 = numbers.next()?.parse().ok()?;
    ((major, minor) >= NODE).then(|| version.to_owned())
}

fn node_by_hand() -> crate::fail::Failure {
    fail(format!(
        "Node {}.{} or newer with npm is needed: install it from https://nodejs.org, then run this again",
        NODE.0, NODE.1
    ))
}

fn is_installed(package: &str) -> bool {
    output(command("dpkg-query").args(["-W", "-f=${db:Status-Abbrev}", package]))
        .is_some_and(|status| status.starts_with("ii"))
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let by_hand = || {
        fail(format!(
            "these packages are missing; install them, then run this again:\n\n  \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
            packages.join(" ")
        ))
    };
    let prefix: &[&str] = if is_root() {
        &[]
    } else if can_sudo() {
        &["sudo", "-n"]
    } else {
        return Err(by_hand());
    };
    let apt = |arguments: &[&str]| {
        let line: Vec<&str> = prefix
            .iter()
            .chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .chain(arguments)
            .copied()
            .collect();
        run(command(line[0]).args(&line[1..]))
    };
    apt(&["-q", "update"]).map_err(|_| by_hand())?;
    let mut arguments = vec!["-q", "install", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments).map_err(|_| by_hand())
}

/// On a system without apt only the libraries and programs themselves can be looked for.
fn without_apt(packages: &[&str]) -> Result<Done<()>> {
    let mut missing = Vec::new();
    if output(command("pkg-config").args(["--modversion", "webkit2gtk-4.1"])).is_none() {
        missing.push("the WebKitGTK 4.1 development files (and pkg-config)");
    }
    for (package, program) in [
        ("xvfb", "Xvfb"),
        ("imagemagick", "import"),
        ("webkit2gtk-driver", "WebKitWebDriver"),
    ] {
        if packages.contains(&package) && !exists(program) {
            missing.push(program);
        }
    }
    if missing.is_empty() {
        Ok(done("all there"))
    } else {
        Err(fail(format!(
            "missing: {}; install them with your system's package manager, then run this again",
            missing.join(", ")
        )))
    }
}

fn is_root() -> bool {
    output(command("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

fn can_sudo() -> bool {
    exists("sudo") && output(command("sudo").args(["-n", "true"])).is_some()
}
