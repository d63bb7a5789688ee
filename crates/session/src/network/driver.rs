//! The task that keeps a session and its server together, for as long as the session has a server.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use tokio::{select, try_join};
use wissil_dag::{Cid, ReplicaId, SessionId};
use wissil_nats::{
    Census, Connection, ConnectionState, EDIT_STREAMS, NatsError, ProjectEvent, StreamState,
    Topology,
};

use super::audit::Audits;
use super::board::Board;
use super::echoes::Echoes;
use super::exchange::Comparison;
use super::incoming::{CaughtUp, Checked};
use super::messages::Messages;
use super::people::People;
use super::put_back::Losses;
use super::signals::Signals;
use super::standing::Link;
use crate::api::{ApiError, ErrorCode};
use crate::bridge::Bridge;

/// After a failure the next attempt waits this long, and twice as long each time up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// What the server does not allow, or has no room for, is tried again after this time.
const LEFT_ALONE: Duration = Duration::from_secs(10);
/// What waits for an ancestor is asked for after this time; mostly it is on its way.
const PATIENCE: Duration = Duration::from_millis(500);
/// Between two attempts to get what is missing.
const BETWEEN_FETCHES: Duration = Duration::from_secs(10);
/// How many questions for what is missing are asked at the same time; where all are asked in vain, there are no more.
const QUESTIONS: usize = 4;
/// How often is looked whether the server still has what it had, among few; among more people less often.
const LOOK: Duration = Duration::from_secs(15);

/// All that the tasks of a connection share.
pub(crate) struct Driver {
    pub(crate) bridge: Bridge,
    pub(crate) connection: Connection,
    pub(crate) session: SessionId,
    pub(crate) replica: ReplicaId,
    pub(crate) signals: Arc<Signals>,
    pub(crate) board: Board,
    pub(crate) people: Arc<People>,
    pub(crate) messages: Arc<Messages>,
    /// Something waits for an ancestor.
    pub(crate) missing: Notify,
    /// What was sent and not read yet.
    pub(crate) echoes: Echoes,
    /// Whether this process stays when both sides have the same.
    pub(crate) stays: bool,
    /// What the server was found not to give.
    pub(crate) audits: Audits,
}

/// Why the tasks of one connection ended. They never end well: they are dropped.
pub(crate) enum Trouble {
    /// The server, or the way to it.
    Server(NatsError),
    /// This project.
    Here(ApiError),
    /// None, but both sides are to be compared again: this project goes on under a new key, or the server lost something.
    CompareAgain,
}

impl Trouble {
    fn is_damage_here(&self) -> bool {
        matches!(self, Self::Here(error) if error.code == ErrorCode::Damaged)
    }
}

pub(crate) type Endless = Result<Infallible, Trouble>;

impl From<NatsError> for Trouble {
    fn from(error: NatsError) -> Self {
        Self::Server(error)
    }
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self::Here(error)
    }
}

impl Driver {
    /// Runs until it is dropped.
    pub(crate) async fn run(mut self) {
        let mut state = self.connection.state();
        let mut pause = FIRST_PAUSE;
        loop {
            let answer = state.borrow_and_update().clone();
            match answer {
                ConnectionState::Connecting => self.board.away(Link::Connecting, None),
                ConnectionState::Disconnected { problem } => {
                    self.board.away(Link::Away, Some(problem));
                }
                ConnectionState::Refused { problem } => {
                    self.board.away(Link::Refused, Some(problem));
                }
                ConnectionState::Connected { .. } => {
                    let begun = Instant::now();
                    // It may have changed since the last connection.
                    match self.bridge.ask(|actor| Ok(actor.replica())).await {
                        Ok(replica) => self.replica = replica,
                        // The project was closed.
                        Err(_) => return,
                    }
                    let trouble = select! {
                        ended = self.together() => match ended {
                            Ok(never) => match never {},
                            Err(trouble) => Some(trouble),
                        },
                        _ = state.changed() => None,
                    };
                    self.people.all_left();
                    let trouble = match trouble {
                        None | Some(Trouble::CompareAgain) => continue,
                        Some(trouble) => trouble,
                    };
                    if trouble.is_damage_here()
                        && self.fetch_lost().await.is_ok_and(|came| came > 0)
                    {
                        continue;
                    }
                    self.report(&trouble);
                    if begun.elapsed() > LONGEST_PAUSE {
                        pause = FIRST_PAUSE;
                    }
                    select! {
                        () = sleep(pause) => {}
                        _ = state.changed() => {}
                        never = self.messages.run_alone(&self.session) => match never {},
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    continue;
                }
            }
            select! {
                changed = state.changed() => if changed.is_err() {
                    return;
                },
                never = self.messages.run_alone(&self.session) => match never {},
            }
        }
    }

    fn report(&self, trouble: &Trouble) {
        let (link, problem) = match trouble {
            // A server without room will take us when it has some again.
            Trouble::Server(error) if error.is_transient() || error.is_full() => {
                (Link::Away, error.to_string())
            }
            Trouble::Server(error) => (Link::Refused, error.to_string()),
            Trouble::Here(error) if trouble.is_damage_here() => {
                return self.board.damaged_here(error.message.clone());
            }
            Trouble::Here(error) => (Link::Away, error.message.clone()),
            Trouble::CompareAgain => return,
        };
        self.board.away(link, Some(problem));
    }

    /// What is done while the server answers: first both sides are compared, so that what the server lost is sent
    /// before anything that builds on it; then everything at once.
    async fn together(&self) -> Endless {
        let streams = prepare_streams(&self.connection).await?;
        let edited = streams
            .into_iter()
            .filter(|state| EDIT_STREAMS.contains(&state.name.as_str()));
        let compared = try_join_all(edited.map(|state| self.compare(state))).await?;
        if compared.iter().all(|(census, _)| census.chains.is_empty()) {
            self.announce_project().await?;
        }
        let lost: Vec<Losses> = compared
            .iter()
            .map(|(census, comparison)| Losses {
                stream: census.state.clone(),
                chains: comparison.lost.clone(),
            })
            .filter(|lost| !lost.chains.is_empty())
            .collect();
        // Whoever does not stay cannot give the owners time, and what was put back is sent before what builds on it.
        let to_put_back = match self.stays {
            true => self.count_lost(&lost).await?,
            false => self.put_back(&lost).await?,
        };
        let waiting = self.bridge.ask(|actor| actor.waiting_to_be_sent()).await?;
        let mut backlog = [0; EDIT_STREAMS.len()];
        for (backlog, (census, comparison)) in backlog.iter_mut().zip(&compared) {
            // Messages of all sessions: an upper bound until the reader knows better.
            *backlog = census.state.last.saturating_sub(comparison.after.sequence);
        }
        self.board.begin(backlog, waiting, to_put_back);
        // Nobody may take it for whole because it is online.
        let history = self.bridge.ask(|actor| actor.history_progress()).await?;
        self.board.history(history);
        let streams: Vec<StreamState> = compared
            .iter()
            .map(|(census, _)| census.state.clone())
            .collect();
        let arrivals = CaughtUp::default();
        let incoming = compared.into_iter().enumerate();
        try_join!(
            self.outgoing(),
            try_join_all(incoming.map(|(at, compared)| self.incoming(at, compared, &arrivals))),
            self.on_demand(),
            self.beside(|| self.presence(), |problem| self.board.problem(problem)),
            self.beside(
                || self.live_messages(),
                |problem| self.board.problem(problem)
            ),
            self.beside(
                || self.answer_fetches(),
                |problem| self.board.problem(problem)
            ),
            self.beside(
                || self.fetch_missing(),
                |problem| self.board.problem(problem)
            ),
            self.editing(),
            self.put_back_later(lost),
            self.audit(streams.clone(), &arrivals),
            self.beside(
                || self.watch(streams.clone()),
                |problem| self.board.problem(problem)
            ),
            self.beside(
                || self.answer_audits(),
                |problem| self.board.problem(problem)
            ),
            self.beside(
                || self.files(&arrivals),
                |problem| self.files_stopped(problem)
            ),
            self.beside(
                || self.checkpoints(&arrivals),
                |problem| self.board.problem(problem)
            ),
            self.history(&arrivals),
            self.renewed(),
        )
        .map(|(never, ..)| never)
    }

    /// Something without which events travel all the same: where the server does not allow it, or has no room for it,
    /// that is said, the rest goes on, and it is tried again.
    async fn beside<Task: Future<Output = Endless>>(
        &self,
        task: impl Fn() -> Task,
        say: impl Fn(String),
    ) -> Endless {
        loop {
            match task().await {
                Err(Trouble::Server(error)) if !error.is_transient() => {
                    say(error.to_string());
                    sleep(LEFT_ALONE).await;
                }
                ended => return ended,
            }
        }
    }

    /// Says that this server did not know the project before.
    async fn announce_project(&self) -> Result<(), Trouble> {
        let name = self.bridge.ask(|actor| actor.project_name()).await?;
        self.signals.say(ProjectEvent::Created { name }.into());
        Ok(())
    }

    pub(crate) async fn census(&self, stream: StreamState) -> Result<Census, Trouble> {
        let name = format!("{}-census", self.replica);
        Ok(wissil_nats::census(&self.connection, stream, &self.session, &name).await?)
    }

    async fn compare(&self, stream: StreamState) -> Result<(Census, Comparison), Trouble> {
        let census = self.census(stream).await?;
        self.fetch_own(&census).await?;
        let asked = census.clone();
        let comparison = self.bridge.ask(move |actor| actor.compare(&asked)).await?;
        self.audits.compared(&census.state, &comparison);
        Ok((census, comparison))
    }

    /// Asks whoever is here for ancestors that did not come by the streams.
    async fn fetch_missing(&self) -> Endless {
        loop {
            self.missing.notified().await;
            sleep(PATIENCE).await;
            let (pending, mut missing) = self.bridge.ask(|actor| actor.missing()).await?;
            // Anybody can have everybody ask for what there never was: that must not come first each time.
            let anywhere = usize::from_ne_bytes(crate::home::random()?);
            let first = anywhere.checked_rem(missing.len()).unwrap_or(0);
            missing.rotate_left(first);
            let questions: Vec<&[Cid]> = missing.chunks(wissil_nats::MAX_FETCH).collect();
            let mut came = false;
            for questions in questions.chunks(QUESTIONS) {
                let asked = questions.iter().map(|missing| self.ask_for(missing));
                let answers = try_join_all(asked).await?;
                if !answers.contains(&true) {
                    break;
                }
                came = true;
            }
            if came {
                // The server did not give them; whoever has them puts them back.
                self.miss_something().await?;
            } else {
                // Nobody here has them. Somebody who comes may.
                self.board.asked_in_vain(pending);
                sleep(BETWEEN_FETCHES).await;
            }
            if pending > 0 {
                self.missing.notify_one();
            }
        }
    }

    /// Asks whoever is here for events; whether any came.
    async fn ask_for(&self, missing: &[Cid]) -> Result<bool, Trouble> {
        let events = match wissil_nats::fetch(&self.connection, &self.session, missing).await {
            Ok(events) if events.is_empty() => return Ok(false),
            Ok(events) => events,
            Err(NatsError::NobodyAnswers { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let (arrivals, _) = wissil_sync::Arrival::read_all(events);
        let checked = Checked {
            arrivals,
            ..Checked::default()
        };
        self.bridge.ask(|actor| actor.arrived(checked)).await?;
        Ok(true)
    }

    /// Looks now and then whether a stream was taken away, or something out of it: nothing else tells.
    async fn watch(&self, mut known: Vec<StreamState>) -> Endless {
        loop {
            sleep(LOOK * wissil_nats::times_more_seldom(self.people.peers().len())).await;
            for stream in &mut known {
                match wissil_nats::stream_state(&self.connection, &stream.name).await {
                    Ok(now) if now.follows(stream) => *stream = now,
                    Ok(_) => return Err(Trouble::CompareAgain),
                    Err(error) if error.is_missing_stream() => {
                        return Err(Trouble::CompareAgain);
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Gives others what they miss and this replica has.
    async fn answer_fetches(&self) -> Endless {
        let bridge = self.bridge.clone();
        let _serving =
            wissil_nats::serve_fetch(&self.connection, &self.session, move |cids: Vec<Cid>| {
                let bridge = bridge.clone();
                async move {
                    bridge
                        .ask(move |actor| actor.events_for_others(&cids))
                        .await
                        .unwrap_or_default()
                }
            })
            .await?;
        std::future::pending().await
    }
}

/// Makes the streams where they are missing, in as many copies as the server can keep.
pub(crate) async fn prepare_streams(
    connection: &Connection,
) -> Result<Vec<StreamState>, NatsError> {
    let clustered = connection
        .server()
        .is_some_and(|server| server.cluster.is_some());
    if clustered {
        match wissil_nats::prepare(connection, Topology::Cluster).await {
            // A cluster of one node, or a node that cannot find its fellows now.
            Err(error) if !error.is_transient() => {}
            result => return result,
        }
    }
    wissil_nats::prepare(connection, Topology::Single).await
}
