//! What comes from the server: read, checked beside the owning thread, folded on it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio::try_join;
use wissil_dag::SignedEvent;
use wissil_nats::{Bookmark, Census, EDIT_STREAMS, NatsError, Reader, Received, StreamState};
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
/// disk that nobody waits for; where one is lost, events come a second time and are recognised. Only the first of a stream
/// is written at its end: it tells a server that lost something from one that never had it.
const NOTED_EVENTS: u64 = 5000;
const NOTED_AFTER: Duration = Duration::from_millis(200);

/// While too many events wait for others, this often is looked whether there is room for what was set aside.
const LOOK_FOR_ROOM: Duration = Duration::from_secs(5);
const TOO_MANY_WAIT: &str = "Too many events wait for others that nobody has sent. What else would have to wait is set aside, and read \
     again when there is room; everything else goes on.";

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

/// What came, as far as it can be told without the project.
#[derive(Default)]
pub(crate) struct Checked {
    /// Events that stand where their subjects say.
    pub arrivals: Vec<Arrival>,
    /// What is no event, or none that this version understands, and is signed by whoever may write there; and why.
    pub refused: Vec<(SignedEvent, String)>,
    /// How many messages are nothing that anybody means.
    pub malformed: usize,
}

impl Checked {
    /// Checks hashes, signatures, and that each event stands where its subject says.
    pub(crate) fn new(received: Vec<Received>) -> Self {
        let (signed, subjects): (Vec<_>, Vec<_>) = received
            .into_iter()
            .map(|received| {
                let cid = received.signed.cid;
                (received.signed, (cid, received.subject))
            })
            .unzip();
        let (mut arrivals, mut refused) = Arrival::read_all(signed);
        let before = arrivals.len() + refused.len();
        refused.retain(|(signed, _)| {
            let subject = subjects.iter().find(|(cid, _)| *cid == signed.cid);
            let is_what_it_says =
                wissil_dag::cid_of(wissil_dag::Codec::DAG_CBOR, &signed.block) == signed.cid;
            is_what_it_says
                && subject
                    .is_some_and(|(_, subject)| signed.verify_signature(&subject.replica).is_ok())
        });
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
        Self {
            malformed: before - arrivals.len() - refused.len(),
            arrivals,
            refused,
        }
    }

    fn append(&mut self, next: Self) {
        self.arrivals.extend(next.arrivals);
        self.refused.extend(next.refused);
    }

    fn len(&self) -> usize {
        self.arrivals.len() + self.refused.len()
    }
}

/// Events of a stream, ready to be folded.
struct Batch {
    checked: Checked,
    cursor: Cursor,
    /// How many messages are left.
    left: u64,
    /// How many the server has and cannot give, once nothing is left.
    undeliverable: u64,
}

impl Batch {
    /// Takes what was read right after it.
    fn append(&mut self, next: Self) {
        self.checked.append(next.checked);
        self.cursor = next.cursor;
        self.left = next.left;
        self.undeliverable = next.undeliverable;
    }
}

/// How far a stream was read on this connection.
struct Place {
    read: Read,
    /// Whether it counts among the streams that were read to their end.
    counted: bool,
    /// How often in a row it could not be opened.
    failed: u32,
}

/// How far a stream was folded.
#[derive(Clone, Copy)]
struct Read {
    /// The last message that was.
    after: Bookmark,
    /// Whether it is known here, on the disk, that it was read.
    is_known: bool,
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
            read: Read {
                after: comparison.after,
                is_known: comparison.is_known,
            },
            counted: false,
            failed: 0,
        };
        loop {
            let followed = self.follow(index, &census.state, &mut place, caught_up);
            let trouble = match followed.await {
                Ok(()) => continue,
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
                Ok(now)
                    if now.incarnation == before.incarnation
                        && now.last >= place.read.after.sequence =>
                {
                    return Ok(());
                }
                Err(error) if error.is_transient() => {}
                // It is another stream, or was cut: both sides have to be compared again.
                _ => break,
            }
        }
        Err(trouble)
    }

    /// Reads a stream on, from where it was read to, until something has to be read again.
    async fn follow(
        &self,
        index: usize,
        stream: &StreamState,
        place: &mut Place,
        caught_up: &CaughtUp,
    ) -> Result<(), Trouble> {
        let reader = self.reader(stream, place).await?;
        place.failed = 0;
        self.board.fetched(index, 0, reader.backlog());
        let start = Cursor {
            incarnation: stream.incarnation.clone(),
            sequence: place.read.after.sequence,
            published: place.read.after.published,
        };
        let at_end = Notify::new();
        let read = Mutex::new(place.read);
        let (batches, queue) = mpsc::channel(AHEAD);
        let reading = self.read(reader, start, batches);
        let again = Notify::new();
        let folding = self.fold(index, queue, &at_end, &read, &again);
        let both = async { try_join!(reading, folding) };
        tokio::pin!(both);
        let ended = loop {
            tokio::select! {
                ended = &mut both => break ended.map(|(never, _)| match never {}),
                () = at_end.notified(), if !place.counted => {
                    place.counted = true;
                    if caught_up.one_more() {
                        self.board.caught_up();
                        self.missing.notify_one();
                    }
                }
                () = again.notified() => break Ok(()),
            }
        };
        place.read = *read.lock().unwrap_or_else(PoisonError::into_inner);
        ended
    }

    /// Opens a reader after what was read last; where the stream does not hold that any more, after nothing: it gave the
    /// numbers that were read to events that were not.
    async fn reader(&self, stream: &StreamState, place: &mut Place) -> Result<Reader, Trouble> {
        let name = self.replica.to_string();
        let (connection, session) = (&self.connection, &self.session);
        if place.read.after.published != 0 {
            let after = place.read.after;
            let resumed = Reader::resume(connection, &stream.name, session, &name, after).await?;
            if let Some(reader) = resumed {
                return Ok(reader);
            }
            place.read.after = Bookmark::START;
        }
        let after = place.read.after.sequence;
        Ok(Reader::open(connection, &stream.name, session, &name, after).await?)
    }

    async fn read(
        &self,
        mut reader: Reader,
        start: Cursor,
        batches: mpsc::Sender<Batch>,
    ) -> Endless {
        // Where nothing is left to read, whoever folds has to hear of it too.
        let mut next = (reader.backlog() == 0).then(|| Batch {
            checked: Checked::default(),
            cursor: start.clone(),
            left: 0,
            undeliverable: 0,
        });
        loop {
            let batch = match next.take() {
                Some(batch) => batch,
                None => {
                    let mut read = reader.next().await?;
                    self.messages.malformed(read.malformed.len());
                    read.events
                        .retain(|event| !self.echoes.came_back(&event.signed.cid));
                    let checked = if read.events.len() > MANY {
                        tokio::task::block_in_place(|| self.check(read.events))
                    } else {
                        self.check(read.events)
                    };
                    Batch {
                        checked,
                        cursor: Cursor {
                            sequence: read.last.sequence,
                            published: read.last.published,
                            ..start.clone()
                        },
                        left: read.pending,
                        undeliverable: reader.undeliverable(),
                    }
                }
            };
            if batches.send(batch).await.is_err() {
                // Whoever folds has failed, and says why.
                return std::future::pending().await;
            }
        }
    }

    /// What can be told without the project; what nobody means is counted.
    pub(crate) fn check(&self, received: Vec<Received>) -> Checked {
        let checked = Checked::new(received);
        self.messages.malformed(checked.malformed);
        checked
    }

    async fn fold(
        &self,
        index: usize,
        mut batches: mpsc::Receiver<Batch>,
        at_end: &Notify,
        read: &Mutex<Read>,
        again: &Notify,
    ) -> Endless {
        let stream = EDIT_STREAMS[index];
        let mut unnoted = 0;
        let mut place: Option<Cursor> = None;
        // Whether something was set aside: until there is room for it the place stays before it.
        let mut held = false;
        let mut looks = interval(LOOK_FOR_ROOM);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
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
                _ = looks.tick(), if held => {
                    if self.bridge.ask(|actor| actor.has_room_to_wait()).await? {
                        again.notify_one();
                        return std::future::pending().await;
                    }
                    continue;
                }
            };
            let Some(mut batch) = batch else {
                // Whoever reads has failed, and says why.
                return std::future::pending().await;
            };
            while batch.checked.len() < TOGETHER
                && let Ok(next) = batches.try_recv()
            {
                batch.append(next);
            }
            let events = batch.checked.len() as u64;
            if events > 0 {
                let arrived = self
                    .bridge
                    .ask(move |actor| actor.arrived(batch.checked))
                    .await?;
                if !arrived.missing.is_empty() {
                    self.missing.notify_one();
                }
                if arrived.set_aside > 0 && !held {
                    held = true;
                    self.board.problem(TOO_MANY_WAIT.to_owned());
                }
            }
            if !held {
                unnoted += events;
                let is_first = {
                    let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
                    read.after = Bookmark {
                        sequence: batch.cursor.sequence,
                        published: batch.cursor.published,
                    };
                    let is_first = batch.left == 0 && !read.is_known;
                    read.is_known |= is_first;
                    is_first
                };
                place = Some(batch.cursor);
                if is_first {
                    self.note_place(stream, place.take()).await?;
                    unnoted = 0;
                }
            }
            self.board.fetched(index, events, batch.left);
            if batch.left == 0 {
                self.audits.cannot_give(index, batch.undeliverable);
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
