//! Commands that need a server.

use std::path::PathBuf;
use std::sync::mpsc;

use clap::{Args, Subcommand};
use wissil_session::api::{
    ApiError, ConnectionState, ConnectionStatus, ErrorCode, JoinProgress, Reach, ServerCertificate,
    ServerLogin, ServerSettings, SessionMessage,
};
use wissil_session::{App, CancellationToken, Session};

use crate::interrupt::on_interrupt;
use crate::print::Output;

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
    /// A token.
    #[arg(long, env = "WISSIL_SERVER_TOKEN", hide_env_values = true, conflicts_with_all = ["user", "credentials"])]
    token: Option<String>,
    /// A user name.
    #[arg(long, requires = "password", conflicts_with = "credentials")]
    user: Option<String>,
    /// That user's password.
    #[arg(long, env = "WISSIL_SERVER_PASSWORD", hide_env_values = true)]
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
        let login = match (arguments.token, arguments.user, arguments.credentials) {
            (Some(token), _, _) => ServerLogin::Token { token },
            (_, Some(user), _) => ServerLogin::Password {
                user,
                password: arguments.password.unwrap_or_default(),
            },
            (_, _, Some(file)) => ServerLogin::Credentials { file: shown(file) },
            _ => ServerLogin::None,
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

/// Joins the session of a link.
pub fn join(app: &App, link: &str, dir: Option<PathBuf>) -> Result<Session, ApiError> {
    let folder = match dir {
        Some(dir) => dir,
        None => {
            let info = app.inspect_link(link)?;
            info.folder.unwrap_or(info.suggested_folder).into()
        }
    };
    let cancelled = CancellationToken::new();
    let cancel = cancelled.clone();
    on_interrupt(move || cancel.cancel())?;
    let mut told = String::new();
    let listener = Box::new(move |progress: JoinProgress| {
        if progress.step != told {
            eprintln!("{} …", progress.step);
            told = progress.step;
        }
    });
    app.open(&app.fetch_shared(link, &folder, listener, &cancelled)?)
}

/// Connects a project, and stays until both sides have everything, or until it is interrupted.
pub fn sync(
    session: &Session,
    server: Option<ServerSettings>,
    stay: bool,
    out: &mut Output,
) -> Result<(), ApiError> {
    let statuses = follow(session)?;
    match server {
        Some(server) => session.connect(server)?,
        None if session.connection_info()?.url.is_none() => {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                "this project has no server yet; name one: wissil sync <folder> --server nats://…",
            ));
        }
        None => session.reconnect()?,
    }
    let mut shown = String::new();
    for status in statuses {
        let words = words(&status);
        if words != shown {
            out.line(&words)?;
            shown = words;
        }
        let done = status.state == ConnectionState::Online
            && status.waiting == "0"
            && status.history.is_none();
        match status.state {
            _ if stay => {}
            ConnectionState::Online if done => return Ok(()),
            ConnectionState::Refused => {
                return Err(ApiError::new(
                    ErrorCode::Refused,
                    status
                        .problem
                        .unwrap_or_else(|| "the server refuses".into()),
                ));
            }
            _ => {}
        }
    }
    if stay {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::Cancelled,
        "interrupted before everything was sent and fetched; nothing is lost, the next sync goes on",
    ))
}

/// Runs a server for a project, prints the link, and stays until it is interrupted. The server ends with it.
pub fn host(session: &Session, network: bool, out: &mut Output) -> Result<(), ApiError> {
    let statuses = follow(session)?;
    session.host(if network {
        Reach::Network
    } else {
        Reach::Machine
    })?;
    let mut shown = String::new();
    let mut is_told = false;
    for status in statuses {
        let words = words(&status);
        if words != shown {
            eprintln!("{words}");
            shown = words;
        }
        // Not before the project is on the server: whoever joins at once finds it there.
        if !is_told && status.state == ConnectionState::Online {
            let share = session.share()?;
            eprintln!("{}", share.reach);
            if let Some(link) = share.link {
                out.line(&link)?;
            }
            is_told = true;
        }
    }
    Ok(())
}

/// Where the connection stands, each time that changes, until the program is interrupted.
fn follow(session: &Session) -> Result<impl Iterator<Item = ConnectionStatus> + use<>, ApiError> {
    let (changed, statuses) = mpsc::channel();
    let interrupted = changed.clone();
    // Nobody listens any more: then it ends as it is.
    on_interrupt(move || drop(interrupted.send(None)))?;
    session.subscribe(Box::new(move |message| {
        let status = match message {
            SessionMessage::Connection { connection } => connection,
            SessionMessage::Events { status, .. } => status.connection,
            SessionMessage::Travelled { .. } | SessionMessage::Assets { .. } => return,
        };
        // Whoever followed has seen enough.
        let _ = changed.send(Some(status));
    }))?;
    Ok(statuses.into_iter().map_while(|status| status))
}

fn words(status: &ConnectionStatus) -> String {
    let state = match status.state {
        ConnectionState::Local => "on this disk".to_owned(),
        ConnectionState::Connecting => "connecting".to_owned(),
        ConnectionState::Syncing => format!("syncing {} of {}", status.done, status.total),
        ConnectionState::Online => "online".to_owned(),
        ConnectionState::Offline => format!("offline, {} waiting", status.waiting),
        ConnectionState::Refused => "refused".to_owned(),
    };
    match &status.problem {
        Some(problem) => format!("{state}: {problem}"),
        None => state,
    }
}
