//! Commands that need a server.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Instant;

use clap::{Args, Subcommand};
use wissil_session::api::{
    ApiError, ConnectionState, ErrorCode, JoinProgress, Reach, ServerCertificate, ServerLogin,
    ServerSettings,
};
use wissil_session::{App, CancellationToken, Facade, Severity};

use crate::exchange::{Following, Limit, staying};
use crate::interrupt::on_interrupt;
use crate::print::{Output, say};

/// What is done with a server as such.
#[derive(Subcommand)]
pub enum ServerCommand {
    /// Make the streams that sessions need, or bring them up to date; doing it again changes nothing.
    Init {
        /// The server.
        #[command(flatten)]
        server: ServerArguments,
        /// Keep three copies of everything, on three nodes of a cluster.
        #[arg(long)]
        cluster: bool,
    },
}

/// A server, and how to log in there.
#[derive(Args)]
pub struct ServerArguments {
    /// Its address: nats://, tls://, ws:// or wss://, host and port.
    #[arg(long = "server", value_name = "URL", required = false)]
    url: String,
    /// A token; without any login, the one in WISSIL_SERVER_TOKEN.
    #[arg(long, conflicts_with_all = ["user", "credentials"])]
    token: Option<String>,
    /// A user name.
    #[arg(long, conflicts_with = "credentials")]
    user: Option<String>,
    /// That user's password; otherwise the one in WISSIL_SERVER_PASSWORD.
    #[arg(long, requires = "user")]
    password: Option<String>,
    /// A credentials file.
    #[arg(long)]
    credentials: Option<PathBuf>,
    /// A file with the certificate of the authority to trust in place of the system's.
    #[arg(long)]
    certificate: Option<PathBuf>,
}

impl From<ServerArguments> for ServerSettings {
    fn from(arguments: ServerArguments) -> Self {
        let shown = |path: PathBuf| path.display().to_string();
        // Not by clap: a variable would count as an argument, and ask for a server that nobody named.
        let variable = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
        let login = match (arguments.token, arguments.user, arguments.credentials) {
            (Some(token), _, _) => ServerLogin::Token { token },
            (_, Some(user), _) => ServerLogin::Password {
                user,
                password: arguments
                    .password
                    .or_else(|| variable("WISSIL_SERVER_PASSWORD"))
                    .unwrap_or_default(),
            },
            (_, _, Some(file)) => ServerLogin::Credentials { file: shown(file) },
            _ => match variable("WISSIL_SERVER_TOKEN") {
                Some(token) => ServerLogin::Token { token },
                None => ServerLogin::None,
            },
        };
        Self {
            url: arguments.url,
            login,
            certificate: arguments
                .certificate
                .map(|file| ServerCertificate::File { file: shown(file) }),
        }
    }
}

/// Makes the streams of a server.
pub fn init(
    app: &App,
    server: ServerSettings,
    cluster: bool,
    out: &mut Output,
) -> Result<(), ApiError> {
    for stream in app.prepare_server(&server, cluster)? {
        out.line(&format!(
            "{}  {} messages, {} bytes",
            stream.name, stream.messages, stream.bytes
        ))?;
    }
    Ok(())
}

/// Joins the session of a link, and stays until all of it is here; what is said on the way goes to standard error.
pub fn join(
    app: &App,
    link: &str,
    dir: Option<PathBuf>,
    moves: bool,
    limit: Option<Limit>,
) -> Result<(Facade, ExitCode), ApiError> {
    let info = app.inspect_link(link)?;
    if let (Some(folder), Some(other)) = (&info.folder, &info.goes_to) {
        if !moves && !may_move(&info.name, folder, other, &info.server)? {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                format!(
                    "{} is in {folder} and goes to {other}; nothing was changed. `--move` has it go to {} from now on",
                    info.name, info.server
                ),
            ));
        }
        app.move_to_link(link)?;
    }
    let folder = match dir {
        Some(dir) => dir,
        None => info.folder.unwrap_or(info.suggested_folder).into(),
    };
    let following = Following::new();
    let cancelled = CancellationToken::new();
    let (cancel, interrupt) = (cancelled.clone(), following.interrupter());
    on_interrupt(move || {
        cancel.cancel();
        interrupt();
    })?;
    let mut told = String::new();
    let listener = Box::new(move |progress: JoinProgress| {
        let words = match progress.total.as_str() {
            "0" => format!("{} …", progress.step),
            total => format!("{}: {} of {total} edits", progress.step, progress.done),
        };
        if words != told {
            say(&words);
            told = words;
        }
    });
    let fetched = within(limit, &cancelled, || {
        app.fetch_shared(link, &folder, listener, &cancelled)
    })?;
    let project = app.work(&fetched)?;
    project.will_not_stay()?;
    project.go_to_link(link.to_owned())?;
    project.stay_online(None, Box::new(trouble))?;
    following.follow(&project)?;
    let code = following.until_whole(limit, |words| {
        say(words);
        Ok(())
    })?;
    let code = files_of(&project, code)?;
    Ok((project, code))
}

/// Says which files of the folder are not exchanged, or not written, and why: then not everything is the same.
fn files_of(project: &Facade, code: ExitCode) -> Result<ExitCode, ApiError> {
    match say_files(&files_not_exchanged(project)?) {
        true => Ok(ExitCode::from(1)),
        false => Ok(code),
    }
}

/// What keeps files of the folder from being exchanged, or written, in words.
fn files_not_exchanged(project: &Facade) -> Result<Vec<String>, ApiError> {
    let problems = project.problems()?.into_iter();
    let of_files = problems
        .filter(|it| it.collection.as_deref() == Some("assets") && it.severity != Severity::Info);
    Ok(of_files.map(|problem| problem.message).collect())
}

/// Whether there was something to say.
fn say_files(problems: &[String]) -> bool {
    if problems.is_empty() {
        return false;
    }
    say("wissil: not all files of assets/ are the same here and on the server:");
    for problem in problems {
        say(&format!("  {problem}"));
    }
    true
}

/// Does something that can be cancelled, and cancels it when the time is over.
fn within<T>(
    limit: Option<Limit>,
    cancelled: &CancellationToken,
    work: impl FnOnce() -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let Some(ends) = limit.and_then(|limit| limit.ends()) else {
        return work();
    };
    let (done, is_done) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || {
            let left = ends.saturating_duration_since(Instant::now());
            let is_late = is_done.recv_timeout(left) == Err(RecvTimeoutError::Timeout);
            if is_late {
                cancelled.cancel();
            }
            is_late
        });
        let worked = work();
        drop(done);
        match worked {
            Err(error) if error.code == ErrorCode::Cancelled && waiting.join().unwrap_or(false) => {
                Err(ApiError::new(
                    ErrorCode::Unreachable,
                    "the time was over before the project was here; nothing was left behind",
                ))
            }
            worked => worked,
        }
    })
}

/// Says what went wrong beside what a person follows.
fn trouble(error: ApiError) {
    say(&format!("note: {}", error.message));
}

/// Connects a project, and stays until both sides have everything, or until it is interrupted.
pub fn sync(
    project: &Facade,
    server: Option<ServerSettings>,
    stay: bool,
    limit: Option<Limit>,
    out: &mut Output,
) -> Result<ExitCode, ApiError> {
    let following = Following::new();
    on_interrupt(following.interrupter())?;
    if !stay {
        project.will_not_stay()?;
    }
    let before = project.connection_info()?.url;
    if server.is_none() && before.is_none() {
        return Err(ApiError::new(
            ErrorCode::Invalid,
            "this project has no server yet; name one: wissil sync <folder> --server nats://…",
        ));
    }
    let stays_with = before.filter(|before| {
        let asked = server.as_ref();
        asked.is_some_and(|server| server.url.trim() != before)
    });
    project.stay_online(server, Box::new(trouble))?;
    following.follow(project)?;
    if !stay {
        let code = following
            .until_whole(limit, |words| out.line(words))
            .map_err(|error| match (error.code, stays_with) {
                (ErrorCode::Unreachable | ErrorCode::Refused, Some(before)) => ApiError {
                    message: format!("{}; the project goes to {before} as before", error.message),
                    ..error
                },
                _ => error,
            })?;
        return files_of(project, code);
    }
    let mut shown = String::new();
    let mut was_settled = false;
    let mut said = Vec::new();
    for status in following.statuses() {
        let status = status?;
        let words = staying(&status);
        if words != shown {
            out.line(&words)?;
            shown = words;
        }
        if status.settled && !was_settled {
            let problems = files_not_exchanged(project)?;
            if problems != said {
                say_files(&problems);
                said = problems;
            }
        }
        was_settled = status.settled;
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks at a terminal whether a session that is here goes to another server from now on; elsewhere nobody can be asked.
fn may_move(name: &str, folder: &str, from: &str, to: &str) -> Result<bool, ApiError> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Ok(false);
    }
    eprint!("{name} is in {folder} and goes to {from}. Go to {to} from now on? [y/N] ");
    let mut answer = String::new();
    input
        .read_line(&mut answer)
        .map_err(|error| ApiError::io("read", Path::new("standard input"), &error))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Runs a server for a project, prints the link, and stays until it is interrupted. The server ends with the program that has
/// the project open.
pub fn host(project: &Facade, network: bool, out: &mut Output) -> Result<(), ApiError> {
    let following = Following::new();
    on_interrupt(following.interrupter())?;
    let reach = match network {
        true => Reach::Network,
        false => Reach::Machine,
    };
    project.stay_hosting(reach, Box::new(trouble))?;
    following.follow(project)?;
    let mut shown = String::new();
    let mut is_told = false;
    for status in following.statuses() {
        let status = status?;
        let words = staying(&status);
        if words != shown {
            say(&words);
            shown = words;
        }
        // Not before the project is on the server: whoever joins at once finds it there.
        if !is_told && status.state == ConnectionState::Online {
            let share = project.share()?;
            say(&share.reach);
            if let Some(link) = share.link {
                out.line(&link)?;
            }
            is_told = true;
        }
    }
    Ok(())
}
