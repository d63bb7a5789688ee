//! What comes from the server: read, checked beside the owning thread, folded on it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep};
use tokio::try_join;
use wissil_nats::{Census, EDIT_STREAMS, NatsError, Reader, Received, StreamState};
use wissil_sync::{Arrival, Cursor};

use super::driver::{Driver, Endless, Trouble};
use super::exchange::Comparison;

/// Batches that may be read before the first of them is folded.
const AHEAD: usize = 4;
/// What was read while others were folded is folded together, as long as it is fewer events than this: a transaction
/// costs much the same for few and for many. Whatever people do meanwhile waits for it.
const TOGETHER: usize = 2000;
/// From this many events on, checking them is work that others must not wait for.
const MANY: usize = 16;

/// The place in a stream is noted after that many events, or when nothing came for that long. A note is a write to the
/// disk that nobody waits for; where one is lost, events come a second time and are recognised.
const NOTED_EVENTS: u64 = 5000;
const NOTED_AFTER: Duration = Duration::from_millis(200);

/// A stream that cannot be read is looked at this often and for this long, and opened this often in vain, before the whole
/// connection is begun anew.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
const GOING_ON: Duration = Duration::from_secs(20);
const MAX_FAILED: u32 = 3;

/// Which streams were read to their end.
pub(crate) struct CaughtUp {
    streams: AtomicUsize,
    all: watch::Sender<bool>,
}

impl Default for CaughtUp {
    fn default() -> Self {
        Self {
            streams: AtomicUsize::new(0),
            all: watch::Sender::new(false),
        }
    }
}

impl CaughtUp {
    /// One more was; whether all were now.
    fn one_more(&self) -> bool {
        let all = self.streams.fetch_add(1, Ordering::AcqRel) + 1 == EDIT_STREAMS.len();
        if all {
            self.all.send_replace(true);
        }
        all
    }

    /// Waits until all were.
    pub(crate) async fn wait(&self) {
        // It lives as long as whoever waits.
        let _ = self.all.subscribe().wait_for(|all| *all).await;
    }
}

/// Events of a stream, ready to be folded.
struct Batch {
    arrivals: Vec<Arrival>,
    cursor: Cursor,
    /// How many messages are left.
    left: u64,
}

impl Batch {
    /// Takes what was read right after it.
    fn append(&mut self, next: Self) {
        self.arrivals.extend(next.arrivals);
        self.cursor = next.cursor;
        self.left = next.left;
    }
}

/// How far a stream was read on this connection.
struct Place {
    /// The last message that was folded.
    after: u64,
    /// Whether no message up to there can be one that is not here.
    proven: bool,
    /// Whether it counts among the streams that were read to their end.
    counted: bool,
    /// How often in a row it could not be opened.
    failed: u32,
}

impl Driver {
    /// Reads a stream to its end and then as it grows.
    pub(crate) async fn incoming(
        &self,
        index: usize,
        (census, comparison): (Census, Comparison),
        caught_up: &CaughtUp,
    ) -> Endless {
        let mut place = Place {
            after: comparison.after,
            proven: comparison.after == 0,
            counted: false,
            failed: 0,
        };
        loop {
            let trouble = match self.follow(index, &census, &mut place, caught_up).await {
                Ok(never) => match never {},
                Err(trouble) => trouble,
            };
            place.failed += 1;
            if place.failed > MAX_FAILED {
                return Err(trouble);
            }
            self.may_go_on(&census.state, &place, trouble).await?;
        }
    }

    /// Waits until a stream that could not be read answers again, as one does that gets another leader. Gives the trouble
    /// back where that does not help.
    async fn may_go_on(
        &self,
        before: &StreamState,
        place: &Place,
        trouble: Trouble,
    ) -> Result<(), Trouble> {
        match &trouble {
            Trouble::Server(NatsError::ConnectionLost | NatsError::Offline) => return Err(trouble),
            Trouble::Server(error) if error.is_transient() => {}
            _ => return Err(trouble),
        }
        let begun = Instant::now();
        while begun.elapsed() < GOING_ON {
            sleep(BETWEEN_LOOKS).await;
            match wissil_nats::stream_state(&self.connection, &before.name).await {
                Ok(now) if now.incarnation == before.incarnation && now.last >= place.after => {
                    return Ok(());
                }
                Err(error) if error.is_transient() => {}
                // It is another stream, or was cut: both sides have to be compared again.
                _ => break,
            }
        }
        Err(trouble)
    }

    /// Reads a stream on, from where it was read to.
    async fn follow(
        &self,
        index: usize,
        census: &Census,
        place: &mut Place,
        caught_up: &CaughtUp,
    ) -> Endless {
        loop {
            let name = self.replica.to_string();
            let stream = census.state.name.as_str();
            let reader =
                Reader::open(&self.connection, stream, &self.session, &name, place.after).await?;
            place.failed = 0;
            self.board.fetched(index, 0, reader.backlog());
            let start = Cursor {
                incarnation: census.state.incarnation.clone(),
                sequence: place.after,
            };
            let at_end = Notify::new();
            let folded = AtomicU64::new(place.after);
            let (batches, queue) = mpsc::channel(AHEAD);
            let reading = self.read(reader, start, batches);
            let folding = self.fold(index, queue, &at_end, &folded);
            let both = async { try_join!(reading, folding) };
            tokio::pin!(both);
            let (proven, counted) = (place.proven, place.counted);
            let reached = async {
                at_end.notified().await;
                if counted {
                    return std::future::pending().await;
                }
                let asked = census.clone();
                let behind = !proven
                    && self
                        .bridge
                        .ask(move |actor| actor.is_behind(&asked))
                        .await?;
                Ok::<_, Trouble>(behind)
            };
            let ended = tokio::select! {
                ended = &mut both => ended,
                behind = reached => {
                    place.proven = true;
                    if behind? {
                        // The server gave numbers we had read to events we have not: read all of it again.
                        place.after = 0;
                        continue;
                    }
                    place.counted = true;
                    if caught_up.one_more() {
                        self.board.caught_up();
                        self.missing.notify_one();
                    }
                    both.await
                }
            };
            place.after = folded.load(Ordering::Relaxed);
            return ended.map(|(never, _)| never);
        }
    }

    async fn read(
        &self,
        mut reader: Reader,
        start: Cursor,
        batches: mpsc::Sender<Batch>,
    ) -> Endless {
        // Where nothing is left to read, whoever folds has to hear of it too.
        let mut next = (reader.backlog() == 0).then(|| Batch {
            arrivals: Vec::new(),
            cursor: start.clone(),
            left: 0,
        });
        loop {
            let batch = match next.take() {
                Some(batch) => batch,
                None => {
                    let mut read = reader.next().await?;
                    self.messages.malformed(read.malformed.len());
                    read.events
                        .retain(|event| !self.echoes.came_back(&event.signed.cid));
                    let arrivals = if read.events.len() > MANY {
                        tokio::task::block_in_place(|| self.check(read.events))
                    } else {
                        self.check(read.events)
                    };
                    Batch {
                        arrivals,
                        cursor: Cursor {
                            sequence: read.last,
                            ..start.clone()
                        },
                        left: read.pending,
                    }
                }
            };
            if batches.send(batch).await.is_err() {
                // Whoever folds has failed, and says why.
                return std::future::pending().await;
            }
        }
    }

    /// What can be told without the project: hashes, signatures, and that each event stands where its subject says.
    pub(crate) fn check(&self, received: Vec<Received>) -> Vec<Arrival> {
        let (signed, subjects): (Vec<_>, Vec<_>) = received
            .into_iter()
            .map(|received| {
                let cid = received.signed.cid;
                (received.signed, (cid, received.subject))
            })
            .unzip();
        let (mut arrivals, refused) = Arrival::read_all(signed);
        let before = arrivals.len();
        // Both are in the order in which they came; what is no event has no arrival.
        let mut subjects = subjects.into_iter();
        arrivals.retain(|arrival| {
            let event = arrival.header();
            let subject = subjects.find(|(cid, _)| cid == arrival.cid());
            subject.is_some_and(|(_, subject)| {
                (
                    &subject.session,
                    &subject.branch,
                    &subject.document,
                    &subject.replica,
                ) == (
                    &event.session,
                    &event.branch,
                    &event.document,
                    &event.replica,
                )
            })
        });
        self.messages
            .malformed(refused.len() + before - arrivals.len());
        arrivals
    }

    async fn fold(
        &self,
        index: usize,
        mut batches: mpsc::Receiver<Batch>,
        at_end: &Notify,
        folded: &AtomicU64,
    ) -> Endless {
        let stream = EDIT_STREAMS[index];
        let mut unnoted = 0;
        let mut place: Option<Cursor> = None;
        loop {
            if unnoted >= NOTED_EVENTS {
                self.note_place(stream, place.take()).await?;
                unnoted = 0;
            }
            let batch = tokio::select! {
                batch = batches.recv() => batch,
                () = sleep(NOTED_AFTER), if place.is_some() => {
                    self.note_place(stream, place.take()).await?;
                    unnoted = 0;
                    continue;
                }
            };
            let Some(mut batch) = batch else {
                // Whoever reads has failed, and says why.
                return std::future::pending().await;
            };
            while batch.arrivals.len() < TOGETHER
                && let Ok(next) = batches.try_recv()
            {
                batch.append(next);
            }
            let events = batch.arrivals.len() as u64;
            let missing = match batch.arrivals.is_empty() {
                true => Vec::new(),
                false => {
                    self.bridge
                        .ask(move |actor| actor.arrived(batch.arrivals))
                        .await?
                }
            };
            unnoted += events;
            folded.store(batch.cursor.sequence, Ordering::Relaxed);
            place = Some(batch.cursor);
            if !missing.is_empty() {
                self.missing.notify_one();
            }
            self.board.fetched(index, events, batch.left);
            if batch.left == 0 {
                at_end.notify_one();
            }
        }
    }

    /// Notes up to where a stream was read and folded.
    async fn note_place(&self, stream: &'static str, place: Option<Cursor>) -> Result<(), Trouble> {
        if let Some(place) = place {
            self.bridge
                .ask(move |actor| actor.read_up_to(stream, &place))
                .await?;
        }
        Ok(())
    }
}
