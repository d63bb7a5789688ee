//! The live messages of a session for programs that have no project open: scripts, build machines, agents.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;
use wissil_dag::SessionId;
use wissil_nats::{Bus, BusEvent, Connection, NatsError, Sender, Server};

use super::join::answer;
use super::messages::plain;
use super::runtime::runtime;
use crate::api::{ApiError, BusMessage, ErrorCode};
use crate::app::{App, absolute};
use crate::project;

/// The live messages of a session, through the server of its project.
#[derive(Debug)]
pub struct LiveBus {
    connection: Connection,
    session: SessionId,
    bus: Bus,
}

/// What a listener hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A message in order.
    Message {
        /// It.
        message: BusMessage,
        /// Whether its sender waits for an answer.
        question: bool,
    },
    /// Something that is no message of this bus.
    Malformed {
        /// Where it was said.
        subject: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl App {
    /// Connects to the live messages of a project's session. Only the project's server is used: the project may be open
    /// elsewhere.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] when the project has no server, [`ErrorCode::Unreachable`] and [`ErrorCode::Refused`] when
    /// it does not answer or will not have us.
    pub fn live_bus(&self, folder: &Path) -> Result<LiveBus, ApiError> {
        let project = project::inspect(self.home(), &absolute(folder)?)?;
        let session = project.engine.session().clone();
        let settings = self.home().connection(&session)?.server.ok_or_else(|| {
            ApiError::new(
                ErrorCode::Invalid,
                "this project has no server yet; `wissil host DIR` runs one, `wissil sync DIR --server URL` chooses one",
            )
        })?;
        let server = Server::try_from(&settings)?;
        let sender = Sender {
            user: project.engine.user().clone(),
            // Of a project that is only read it is nobody's: the project's own would pass over what it says itself.
            replica: *project.engine.replica(),
        };
        runtime()?.block_on(async {
            let connection = Connection::open(&server, "wissil bus").await?;
            answer(&connection, &server).await?;
            let bus = Bus::new(&connection, session.clone(), sender);
            Ok(LiveBus {
                connection,
                session,
                bus,
            })
        })
    }
}

impl LiveBus {
    /// Hears every message whose subject fits a pattern (`slate.asset.>`), until it is cancelled. `ready` is called once
    /// nothing is missed any more; what `heard` gives back is the answer to a question.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for a pattern outside of `slate`, whatever `heard` fails with, and what the server answers.
    pub fn listen(
        &self,
        pattern: &str,
        cancelled: &CancellationToken,
        ready: impl FnOnce(),
        mut heard: impl FnMut(Heard) -> Result<Option<Value>, ApiError>,
    ) -> Result<(), ApiError> {
        wissil_nats::check_pattern(pattern).map_err(invalid)?;
        let listening = async {
            let mut subscription = self.bus.subscribe(pattern).await?;
            ready();
            while let Some(next) = subscription.next().await {
                match next {
                    Ok(message) => {
                        let answer = heard(Heard::Message {
                            message: plain(&message),
                            question: message.is_question(),
                        })?;
                        if let Some(payload) = answer {
                            let said = message.event.resource().token();
                            let event = BusEvent::from_parts(said, message.event.action(), payload)
                                .map_err(|problem| ApiError::new(ErrorCode::Invalid, problem))?;
                            self.bus.answer(&message, event)?;
                        }
                    }
                    Err(malformed) => {
                        heard(Heard::Malformed {
                            subject: malformed.subject,
                            problem: malformed.problem,
                        })?;
                    }
                }
            }
            Ok(())
        };
        runtime()?
            .block_on(cancelled.run_until_cancelled(listening))
            .unwrap_or(Ok(()))
    }

    /// Asks everybody who listens and gives the first answer. The subject is `slate.<resource>.<action>`; what may follow
    /// is the session, and ids as the payload has them.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for what is no message, [`ErrorCode::NoAnswer`] when nobody listens or answers in time.
    pub fn request(
        &self,
        subject: &str,
        payload: Value,
        timeout: Duration,
    ) -> Result<BusMessage, ApiError> {
        let event = BusEvent::at_subject(subject, &self.session, payload).map_err(invalid)?;
        let answered = runtime()?.block_on(self.bus.request(event, timeout));
        match answered {
            Ok(message) => Ok(plain(&message)),
            Err(error @ NatsError::NobodyAnswers { .. }) => Err(ApiError::with_cause(
                ErrorCode::NoAnswer,
                format!("nobody listens at {subject}"),
                &error,
            )),
            Err(error @ NatsError::TimedOut { .. }) => Err(ApiError::with_cause(
                ErrorCode::NoAnswer,
                format!(
                    "nobody answered at {subject} within {} s",
                    timeout.as_secs_f64()
                ),
                &error,
            )),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for LiveBus {
    fn drop(&mut self) {
        if let Ok(runtime) = runtime() {
            runtime.block_on(self.connection.clone().close());
        }
    }
}

fn invalid(error: NatsError) -> ApiError {
    ApiError::with_cause(ErrorCode::Invalid, error.to_string(), &error)
}
