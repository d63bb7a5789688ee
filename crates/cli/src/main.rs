//! `wissil`: the façade without a window.
//!
//! Exit codes: 0 done (and, for `verify` and `check`, nothing is wrong; for `sync` and `join`, both sides have the same);
//! 1 refused, or something is wrong, or left to send or to fetch, or the program that has the project open was killed before
//! it answered; 2 unusable: bad arguments, no such project, a server that was never reached or refuses; 130 interrupted before
//! it was done.
//!
//! A project that is open in another program is worked on through that, with the same words and codes.

mod bus;
mod commands;
mod edit;
mod exchange;
mod interrupt;
mod picture;
mod place;
mod print;
mod together;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Parser, Subcommand};
use wissil_session::api::{ApiError, ErrorCode};

/// Make, read, edit, check and export WISSIL projects.
#[derive(Parser)]
#[command(name = "wissil", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a project with a scene and a Blueprint in a folder.
    New {
        /// The folder, which may not hold a project yet.
        dir: PathBuf,
        /// What to call it; the folder's name otherwise.
        #[arg(long)]
        name: Option<String>,
    },
    /// Make a project of a .glb or .gltf, or of an exported history (.car, .json).
    Import {
        /// The file.
        file: PathBuf,
        /// The folder of the new project.
        #[arg(long)]
        to: PathBuf,
    },
    /// Add what a .glb or .gltf holds to a project's scene, under a new entity called as the file; its graphs become
    /// documents of their own. Prints the CID of each event.
    Add {
        /// The file.
        file: PathBuf,
        /// The project's folder.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// The scene, by name or id; needed where there are several.
        #[arg(long)]
        document: Option<String>,
    },
    /// List what is wrong in a project, or in a .glb or .gltf, with its place. Exits with 1 when something is.
    Check {
        /// The project's folder, or the file.
        #[arg(value_name = "DIR|FILE")]
        path: PathBuf,
        /// As JSON, a list of everything found.
        #[arg(long)]
        json: bool,
    },
    /// Show what a project holds.
    Info {
        /// The project's folder.
        dir: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show its history: who, when, what.
    Log {
        /// The project's folder.
        dir: PathBuf,
        /// Only this document, by name or id.
        #[arg(long)]
        document: Option<String>,
        /// At most so many events, the newest.
        #[arg(long, default_value_t = u64::MAX, hide_default_value = true, value_parser = whole_number)]
        limit: u64,
        /// As JSON, one event a line.
        #[arg(long)]
        json: bool,
    },
    /// Show one event.
    Show {
        /// The project's folder.
        dir: PathBuf,
        /// The event's CID.
        cid: String,
        /// As JSON, in the form other programs read.
        #[arg(long)]
        json: bool,
    },
    /// Make gestures from JSON and print the CID of each event the moment it is saved.
    ///
    /// Each JSON value is one gesture: a list of changes, one change, or {"type": …, "changes": […]}. A change is
    /// {"collection", "id", "put": {…}}, {"collection", "id", "set": {…}} or {"collection", "id", "remove": true}.
    Edit {
        /// The project's folder.
        dir: PathBuf,
        /// The document, by name or id; `manifest` for the project itself.
        #[arg(long)]
        document: String,
        /// The type of the events, such as node.move.
        #[arg(long = "type")]
        event_type: String,
        /// The file with the JSON; `-` for standard input.
        #[arg(long)]
        changes: PathBuf,
    },
    /// Take back your newest gesture: also one that made, renamed, moved or deleted a document.
    Undo {
        /// The project's folder.
        dir: PathBuf,
        /// Only what was done in this document, by name or id; `manifest` for the project itself.
        #[arg(long)]
        document: Option<String>,
    },
    /// Bring back what you undid last.
    Redo {
        /// The project's folder.
        dir: PathBuf,
        /// Only what was undone in this document, by name or id; `manifest` for the project itself.
        #[arg(long)]
        document: Option<String>,
    },
    /// Show what changed in a document from one event to another.
    Diff {
        /// The project's folder.
        dir: PathBuf,
        /// The CID of the earlier event.
        a: String,
        /// The CID of the later event.
        b: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check every stored event, object and checkpoint. Exits with 0 when sound, 1 when damaged. Nothing is changed.
    Verify {
        /// The project's folder.
        dir: PathBuf,
        /// Set damaged objects aside, so that the next sync fetches them again where somebody has them.
        #[arg(long)]
        mend: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show changes of yours that were set aside because this machine had been set back to an earlier state and others have
    /// other changes in their places.
    SetAside {
        /// The project's folder.
        dir: PathBuf,
        /// Make them again, as new gestures on the project as it is now.
        #[arg(long)]
        again: bool,
        /// Leave them; they are not mentioned any more.
        #[arg(long, conflicts_with = "again")]
        leave: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Join the session of a link: make a project of it here, with all its documents, files and history.
    ///
    /// Exits with 0 when all of it is here, 1 when something is missing, which is said, and 2 when the server was not
    /// reached or refuses.
    Join {
        /// The link, wissil://session/…
        link: String,
        /// The folder of the new project; one named like the session otherwise.
        dir: Option<PathBuf>,
        /// Take no longer than this.
        #[arg(long, value_name = "SECONDS", value_parser = whole_number)]
        timeout: Option<u64>,
        /// Where this machine has the session already and goes to another server with it: go to the link's from now on.
        #[arg(long = "move")]
        moves: bool,
    },
    /// Send and fetch until this project and its server have the same: edits, files and history.
    ///
    /// Exits with 0 when they have, 1 when something is left, which is said, and 2 when the server was not reached or
    /// refuses.
    Sync {
        /// The project's folder.
        dir: PathBuf,
        /// Go to another server from now on.
        #[command(flatten)]
        server: Option<together::ServerArguments>,
        /// Stay, and go on sending and fetching.
        #[arg(long, conflicts_with = "timeout")]
        stay: bool,
        /// Take no longer than this. Without it a server that does not answer is given up after 20 seconds, and one with
        /// which nothing moves after 120.
        #[arg(long, value_name = "SECONDS", value_parser = whole_number)]
        timeout: Option<u64>,
    },
    /// Run a server for a project on this machine, print the link to it, and stay.
    ///
    /// Where another program has the project open, that runs the server, and goes on when this ends.
    Host {
        /// The project's folder.
        dir: PathBuf,
        /// Let everybody on the network who has the link join, not only programs on this machine.
        #[arg(long)]
        network: bool,
    },
    /// Hear and ask what programs of the session tell each other now, through the project's server.
    #[command(subcommand)]
    Bus(bus::BusCommand),
    /// Prepare a server of your own.
    #[command(subcommand)]
    Server(together::ServerCommand),
    /// Draw a picture of a project's scene, as the window shows it, and write it as a PNG.
    ///
    /// Exits with 1 when there is no such camera, and with 2 when nothing can be drawn, such as where there is no display.
    Picture {
        /// The project's folder.
        dir: PathBuf,
        /// Look through this camera, by its name or that of the entity that carries it; otherwise everything is shown.
        #[arg(long, value_name = "NAME")]
        camera: Option<String>,
        /// How large, in pixels.
        #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1280x720")]
        size: String,
        /// The file to write.
        file: PathBuf,
    },
    /// Write the project to a file.
    #[command(group(ArgGroup::new("form").required(true)))]
    Export {
        /// The project's folder.
        dir: PathBuf,
        /// The history with its objects, as a CAR file.
        #[arg(long, group = "form")]
        car: bool,
        /// The history as JSON.
        #[arg(long, group = "form")]
        json: bool,
        /// The scene and its Blueprints, as a playable .glb.
        #[arg(long, group = "form")]
        glb: bool,
        /// The file to write.
        file: PathBuf,
    },
}

fn whole_number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| "this is no whole number".to_owned())
}

fn main() -> ExitCode {
    match commands::run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            print::say(&format!("wissil: {}", error.message));
            // Who reports a defect needs the words of whatever failed; everybody else was told in ours.
            if error.code == ErrorCode::Internal {
                for line in error.detail.lines() {
                    print::say(&format!("  {line}"));
                }
            }
            ExitCode::from(exit_code(&error))
        }
    }
}

fn exit_code(error: &ApiError) -> u8 {
    match error.code {
        ErrorCode::Cancelled => interrupt::INTERRUPTED,
        ErrorCode::NoAnswer
        | ErrorCode::Invalid
        | ErrorCode::NothingToDo
        | ErrorCode::Import
        | ErrorCode::Damaged => 1,
        _ => 2,
    }
}
