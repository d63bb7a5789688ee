//! The live messages of a session, from a shell.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use clap::Subcommand;
use serde_json::Value;
use wissil_session::api::{ApiError, ErrorCode};
use wissil_session::{App, CancellationToken, Facade, Heard, json_problem};

use crate::interrupt::on_interrupt;
use crate::print::Output;

/// What is done with live messages. Nothing of them is kept; the project may be open elsewhere meanwhile.
#[derive(Subcommand)]
pub enum BusCommand {
    /// Print every message that fits a pattern as one line of JSON, until interrupted.
    Listen {
        /// The project's folder.
        dir: PathBuf,
        /// Such as `slate.file.>`: `*` stands for one token, `>` for the rest.
        pattern: String,
        /// Answer each question with this JSON object.
        #[arg(long, value_name = "JSON", value_parser = json)]
        answer: Option<Value>,
    },
    /// Ask whoever listens, and print the first answer as JSON. Exits with 1 when nobody answers.
    Request {
        /// The project's folder.
        dir: PathBuf,
        /// What is asked: `slate.<resource>.<action>`, such as `slate.runtime.status`.
        subject: String,
        /// The fields of the message, a JSON object.
        #[arg(value_parser = json)]
        payload: Value,
        /// How many seconds to wait for the answer.
        #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
        timeout: Duration,
    },
}

/// Runs one of them.
pub fn run(app: &App, command: BusCommand, out: &mut Output) -> Result<(), ApiError> {
    match command {
        BusCommand::Listen {
            dir,
            pattern,
            answer,
        } => {
            let ready = || eprintln!("listening at {pattern}; Ctrl-C ends it");
            let bus = match app.live_bus(&dir) {
                // Where there is no server, whoever has the project open says what happens in it.
                Err(error) if error.code == ErrorCode::Invalid && answer.is_none() => {
                    let project = app.beside(&dir)?.ok_or(error)?;
                    return listen_beside(&project, &pattern, ready, out);
                }
                bus => bus?,
            };
            let cancelled = CancellationToken::new();
            let cancel = cancelled.clone();
            on_interrupt(move || cancel.cancel())?;
            bus.listen(&pattern, &cancelled, ready, |heard| match heard {
                Heard::Message { message, question } => {
                    out.json(&message)?;
                    Ok(answer.clone().filter(|_| question))
                }
                Heard::Malformed { subject, problem } => {
                    eprintln!("not understood at {subject:?}: {problem:?}");
                    Ok(None)
                }
            })
        }
        BusCommand::Request {
            dir,
            subject,
            payload,
            timeout,
        } => out.json(&app.live_bus(&dir)?.request(&subject, payload, timeout)?),
    }
}

/// Hears what the program that has a project open says and hears, until interrupted or that program ends.
fn listen_beside(
    project: &Facade,
    pattern: &str,
    ready: impl FnOnce(),
    out: &mut Output,
) -> Result<(), ApiError> {
    let (heard, hear) = mpsc::channel();
    let (over, interrupted) = (heard.clone(), heard.clone());
    on_interrupt(move || drop(interrupted.send(Ok(None))))?;
    project.follow_messages(
        pattern,
        Box::new(move |message| drop(heard.send(Ok(Some(message))))),
        Box::new(move |error| drop(over.send(Err(error)))),
    )?;
    ready();
    for message in hear {
        match message? {
            Some(message) => out.json(&message)?,
            None => break,
        }
    }
    Ok(())
}

fn json(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("this is no JSON object, such as {\"run\": \"run-1\"}".to_owned()),
        Err(error) => Err(json_problem(&error)),
    }
}

/// A time in seconds, from a millisecond to a day.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "this is no number".to_owned())?;
    if !(0.001..=86_400.0).contains(&seconds) {
        return Err("a time is between 0.001 and 86400 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}
