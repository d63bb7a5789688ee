//! Objects on their way: what records name and is not here comes, what is here goes. What somebody waits for comes first,
//! then small pictures; several travel at a time, so that one large file keeps no other.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::select;
use tokio::time::{Instant, sleep_until};
use wissil_dag::Cid;
use wissil_nats::{NatsError, Objects};

use super::driver::{Driver, Endless, Trouble};
use super::incoming::CaughtUp;
use super::standing::Files;
use crate::api::ApiError;
use crate::assets::{NamedObject, NamedObjects};

/// How many come at a time, and one more when somebody waits for it; and how many go.
const FETCHED_AT_ONCE: usize = 4;
const SENT_AT_ONCE: usize = 2;
/// What others have not sent yet, or did not get through, is looked for after this time, and then more and more seldom.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
const MOST_SELDOM: Duration = Duration::from_secs(30);
/// So often is looked for what nobody has sent yet before it is said that nobody has, while others are here.
const LOOKS: u32 = 3;
/// While the history comes, records name other objects with every batch.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// Which way an object goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Here,
    There,
}

/// What became of an object on its way; for one that was to come, whether the server had it.
struct Moved {
    object: NamedObject,
    way: Way,
    outcome: Result<bool, NatsError>,
}

/// Why an object did not get through.
struct Failure {
    words: String,
    /// Whether it is what the server has of it.
    is_damage: bool,
}

/// What has travelled on this connection, and what has to.
#[derive(Default)]
struct Course {
    /// The objects that are not here, and those that are and the server lacks.
    named: NamedObjects,
    /// Whether the history was here when records were looked at.
    whole: bool,
    /// What the server has of this session's objects.
    there: HashSet<Cid>,
    /// What is on its way.
    fetching: HashSet<Cid>,
    sending: HashSet<Cid>,
    /// What did not get through, and why, until it is tried again.
    failed: HashMap<Cid, Failure>,
    /// How often was looked for what is missing since anything came or somebody did.
    looks: u32,
    /// How many others are here.
    others: usize,
    /// How many have travelled since nothing was left to.
    done: u64,
}

impl Course {
    /// Takes over what records name now.
    fn look(&mut self, named: NamedObjects) {
        self.named = named;
        let is_missing = |object: &NamedObject| !self.there.contains(&object.cid);
        self.named.held.retain(is_missing);
    }

    /// What comes next; `first` is what somebody waits for.
    fn next_here(&self, first: &[Cid]) -> Option<NamedObject> {
        let is_next =
            |object: &&NamedObject| self.may_come(object) && !self.fetching.contains(&object.cid);
        let mut wanted = self.named.wanted.iter();
        let urgent = first.iter().find_map(|cid| {
            let mut wanted = self.named.wanted.iter();
            wanted.find(|object| object.cid == *cid && is_next(object))
        });
        let room = FETCHED_AT_ONCE.saturating_sub(self.fetching.len());
        match (urgent, room) {
            (Some(_), 0) if self.fetching.len() > FETCHED_AT_ONCE => None,
            (Some(urgent), _) => Some(*urgent),
            (None, 0) => None,
            (None, _) => wanted.find(is_next).copied(),
        }
    }

    /// What goes next.
    fn next_there(&self) -> Option<NamedObject> {
        if self.sending.len() >= SENT_AT_ONCE {
            return None;
        }
        let mut unsent = self.named.held.iter();
        unsent
            .find(|object| self.may_go(object) && !self.sending.contains(&object.cid))
            .copied()
    }

    fn may_come(&self, object: &NamedObject) -> bool {
        self.there.contains(&object.cid) && !self.failed.contains_key(&object.cid)
    }

    fn may_go(&self, object: &NamedObject) -> bool {
        !self.failed.contains_key(&object.cid)
    }

    fn begin(&mut self, object: &NamedObject, way: Way) {
        match way {
            Way::Here => self.fetching.insert(object.cid),
            Way::There => self.sending.insert(object.cid),
        };
    }

    /// Takes note of what became of one; an error is one of the connection.
    fn end(&mut self, moved: &Moved) {
        let cid = moved.object.cid;
        match moved.way {
            Way::Here => self.fetching.remove(&cid),
            Way::There => self.sending.remove(&cid),
        };
        match &moved.outcome {
            Ok(true) => {
                self.done += 1;
                self.looks = 0;
                self.there.insert(cid);
                let named = match moved.way {
                    Way::Here => &mut self.named.wanted,
                    Way::There => &mut self.named.held,
                };
                named.retain(|object| object.cid != cid);
            }
            // It was there when it was asked what is.
            Ok(false) => {
                self.there.remove(&cid);
            }
            Err(error) => {
                let words = match (error, moved.way) {
                    // While it answers everything else.
                    (NatsError::TimedOut { .. }, Way::There) => {
                        "the server does not take a file; its disk may be full".to_owned()
                    }
                    _ => error.to_string(),
                };
                let is_damage = matches!(error, NatsError::Damaged { .. });
                self.failed.insert(cid, Failure { words, is_damage });
            }
        }
    }

    /// Whether something is to be looked for again.
    fn is_awaiting(&self) -> bool {
        let is_there = |object: &NamedObject| self.there.contains(&object.cid);
        !self.failed.is_empty() || !self.named.wanted.iter().all(is_there)
    }

    /// Whether something may still come that is not on its way: whoever has it is here, perhaps.
    fn may_be_sent(&self) -> bool {
        !self.named.wanted.is_empty() && self.others > 0 && self.looks < LOOKS
    }

    /// Takes note of who is here.
    fn meet(&mut self, others: usize) {
        if others > self.others {
            self.looks = 0;
        }
        self.others = others;
    }

    /// How far it has come.
    fn standing(&mut self) -> Files {
        let NamedObjects {
            as_of,
            wanted,
            held,
        } = &self.named;
        let count = |objects: &[NamedObject], counts: &dyn Fn(&NamedObject) -> bool| {
            objects.iter().filter(|object| counts(object)).count() as u64
        };
        let moving = count(wanted, &|object| self.may_come(object))
            + count(held, &|object| self.may_go(object));
        if moving == 0 {
            self.done = 0;
        }
        Files {
            as_of: self.whole.then_some(*as_of),
            to_send: held.len() as u64,
            to_fetch: wanted.len() as u64,
            moving,
            damaged: count(wanted, &|object| {
                let failure = self.failed.get(&object.cid);
                failure.is_some_and(|failure| failure.is_damage)
            }),
            stuck: count(wanted, &|object| {
                let failure = self.failed.get(&object.cid);
                self.there.contains(&object.cid) && failure.is_some_and(|it| !it.is_damage)
            }),
            awaited: self.may_be_sent(),
            done: self.done,
            stopped: false,
        }
    }
}

impl Driver {
    /// Fetches and sends objects, as long as the server answers.
    pub(crate) async fn files(&self, caught_up: &CaughtUp) -> Endless {
        let objects = Objects::open(&self.connection, &self.session).await?;
        let mut course = Course {
            there: objects.list().await?,
            ..Course::default()
        };
        let mut on_their_way = FuturesUnordered::new();
        let mut look_at = Some(Instant::now());
        let mut again = Again::default();
        let mut is_sending_again = false;
        loop {
            if look_at.is_some_and(|at| at <= Instant::now()) {
                look_at = None;
                course.look(self.named_objects().await?);
            }
            course.meet(self.people.peers().len());
            let first = self.signals.wanted_objects();
            while let Some(object) = course.next_here(&first) {
                course.begin(&object, Way::Here);
                on_their_way.push(self.travel(&objects, object, Way::Here));
            }
            while let Some(object) = course.next_there() {
                course.begin(&object, Way::There);
                on_their_way.push(self.travel(&objects, object, Way::There));
            }
            // First why: whoever does not stay ends when nothing moves.
            let mut failures = course.failed.values();
            let problem = failures.next().map(|failure| failure.words.clone());
            self.board.files_problem(problem);
            self.board.files(course.standing());
            if is_sending_again && look_at.is_none() {
                // Not before what was damaged counts as what is left to send.
                is_sending_again = false;
                self.board.files_audited();
            }
            again.plan(course.is_awaiting());
            select! {
                Some(moved) = on_their_way.next() => {
                    course.end(&moved);
                    let is_damaged = matches!(moved.outcome, Err(NatsError::Damaged { .. }));
                    if is_damaged || moved.outcome.is_ok() {
                        again.soon();
                    }
                    self.settle(moved)?;
                    if is_damaged {
                        // Whoever has it puts it there anew.
                        self.miss_something().await?;
                    }
                }
                () = self.signals.objects.notified() => {
                    for cid in self.audits.take_dropped() {
                        course.there.remove(&cid);
                        is_sending_again = true;
                    }
                    let pause = if course.whole { Duration::ZERO } else { BETWEEN_LOOKS };
                    look_at.get_or_insert(Instant::now() + pause);
                    again.soon();
                }
                () = at(look_at) => {}
                () = at(again.at) => {
                    course.there = objects.list().await?;
                    course.failed.clear();
                    course.looks += 1;
                    look_at = Some(Instant::now());
                    again.later();
                }
                () = caught_up.wait(), if !course.whole => {
                    course.whole = true;
                    look_at = Some(Instant::now());
                }
            }
        }
    }

    /// The server does not let files travel now.
    pub(crate) fn files_stopped(&self, problem: String) {
        self.board.files(Files {
            stopped: true,
            ..Files::default()
        });
        self.board.files_problem(Some(problem));
    }

    /// The objects that records name, with room on the disk for those that come.
    async fn named_objects(&self) -> Result<NamedObjects, Trouble> {
        let named = self.bridge.ask(|actor| {
            let named = actor.named_objects()?;
            for object in &named.wanted {
                let path = actor.project.objects.path_of(&object.cid);
                if let Some(shelf) = path.parent() {
                    std::fs::create_dir_all(shelf)
                        .map_err(|error| ApiError::io("made", shelf, &error))?;
                }
            }
            Ok(named)
        });
        Ok(named.await?)
    }

    /// Brings one object here or there.
    async fn travel(&self, objects: &Objects, object: NamedObject, way: Way) -> Moved {
        let cid = object.cid;
        let bridge = self.bridge.clone();
        let progress = move |done, _| bridge.tell(move |actor| actor.object_progress(&cid, done));
        let path = self
            .bridge
            .ask(move |actor| Ok(actor.project.objects.path_of(&cid)));
        let outcome = match (path.await, way) {
            (Ok(path), Way::Here) => objects.get_file(&cid, object.size, &path, &progress).await,
            (Ok(path), Way::There) => {
                let sent = objects.put_file(&cid, &path, &progress).await;
                sent.map(|()| true)
            }
            // The project is being closed.
            (Err(_), _) => std::future::pending().await,
        };
        Moved {
            object,
            way,
            outcome,
        }
    }

    /// Tells the project what became of an object. One that cannot travel does not keep the others; a connection that ended
    /// ends all.
    fn settle(&self, moved: Moved) -> Result<(), Trouble> {
        let object = moved.object;
        let arrived = moved.way == Way::Here && matches!(moved.outcome, Ok(true));
        let is_doubtful = moved.way == Way::There
            && matches!(&moved.outcome, Err(error) if !error.is_transient());
        self.bridge.tell(move |actor| {
            match arrived {
                true => actor.object_arrived(&object),
                false => actor.object_stopped(&object.cid),
            }
            if is_doubtful {
                actor.object_damaged(&object.cid);
            }
        });
        match moved.ends_connection() {
            true => moved.outcome.map(|_| ()).map_err(Into::into),
            false => Ok(()),
        }
    }
}

impl Moved {
    /// Whether the way to the server ended. One that answers and does not take a file is there.
    fn ends_connection(&self) -> bool {
        match (&self.outcome, self.way) {
            (Err(NatsError::TimedOut { .. }), Way::There) => false,
            (Err(error), _) => error.is_transient(),
            (Ok(_), _) => false,
        }
    }
}

/// When is looked again for what did not come, or did not get through.
#[derive(Default)]
struct Again {
    at: Option<Instant>,
    pause: Duration,
}

impl Again {
    /// Something has to be looked for, or nothing has.
    fn plan(&mut self, is_awaiting: bool) {
        let pause = self.pause.clamp(LOOK_AGAIN, MOST_SELDOM);
        match is_awaiting {
            true => {
                self.at.get_or_insert_with(|| Instant::now() + pause);
            }
            false => *self = Self::default(),
        }
    }

    /// Something happened, and more may.
    fn soon(&mut self) {
        self.pause = LOOK_AGAIN;
        self.at = self.at.map(|at| at.min(Instant::now() + LOOK_AGAIN));
    }

    /// It was looked for.
    fn later(&mut self) {
        self.at = None;
        self.pause = (self.pause * 2).clamp(LOOK_AGAIN, MOST_SELDOM);
    }
}

/// Waits until a time; for ever where there is none.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn object(number: u8) -> NamedObject {
        NamedObject {
            cid: wissil_dag::cid_of(0x55, &[number]),
            size: None,
            is_thumbnail: false,
        }
    }

    /// These are wanted and on the server; those are here and not there.
    fn course(wanted: &[u8], held: &[u8]) -> Course {
        let objects = |numbers: &[u8]| numbers.iter().copied().map(object).collect::<Vec<_>>();
        let mut course = Course {
            there: objects(wanted).iter().map(|object| object.cid).collect(),
            whole: true,
            ..Course::default()
        };
        course.look(NamedObjects {
            as_of: 7,
            wanted: objects(wanted),
            held: objects(held),
        });
        course
    }

    fn started(course: &mut Course, first: &[Cid]) -> Vec<NamedObject> {
        let mut started = Vec::new();
        while let Some(object) = course.next_here(first) {
            course.begin(&object, Way::Here);
            started.push(object);
        }
        started
    }

    fn end(course: &mut Course, number: u8, way: Way, outcome: Result<bool, NatsError>) {
        course.end(&Moved {
            object: object(number),
            way,
            outcome,
        });
    }

    #[test]
    fn several_travel_at_a_time_and_one_more_that_somebody_waits_for() {
        let mut course = course(&[1, 2, 3, 4, 5, 6, 7], &[11, 12, 13]);
        let all = [1, 2, 3, 4].map(object);
        assert_eq!(started(&mut course, &[]), all);
        let first = [7, 6].map(|number| object(number).cid);
        assert_eq!(started(&mut course, &first), [object(7)]);
        end(&mut course, 2, Way::Here, Ok(true));
        assert_eq!(started(&mut course, &first), [object(6)]);
        while let Some(object) = course.next_there() {
            course.begin(&object, Way::There);
        }
        assert_eq!(course.sending.len(), SENT_AT_ONCE);
        let standing = course.standing();
        let counts = (standing.to_fetch, standing.to_send, standing.moving);
        assert_eq!((counts, standing.done), ((6, 3, 9), 1));
    }

    #[test]
    fn what_does_not_get_through_keeps_no_other_and_is_tried_again() {
        let mut course = course(&[1], &[11, 12]);
        assert_eq!(started(&mut course, &[]), [object(1)]);
        let damaged = NatsError::Damaged {
            what: "1".into(),
            problem: "cut".into(),
        };
        end(&mut course, 1, Way::Here, Err(damaged));
        let sent = course.next_there().unwrap();
        course.begin(&sent, Way::There);
        end(&mut course, 11, Way::There, Ok(true));
        let sent = course.next_there().unwrap();
        assert_eq!(sent, object(12));
        course.begin(&sent, Way::There);
        end(&mut course, 12, Way::There, Ok(true));
        let standing = course.standing();
        assert_eq!(
            (standing.to_fetch, standing.moving, standing.done),
            (1, 0, 0)
        );
        assert!(course.is_awaiting() && course.next_here(&[]).is_none());
        course.failed.clear();
        assert_eq!(course.next_here(&[]), Some(object(1)));
    }

    #[test]
    fn what_finds_no_room_here_is_not_what_nobody_has_sent() {
        let mut course = course(&[1, 2], &[]);
        assert_eq!(started(&mut course, &[]).len(), 2);
        let full = NatsError::File {
            path: "1.download".into(),
            cause: std::io::ErrorKind::StorageFull.into(),
        };
        end(&mut course, 1, Way::Here, Err(full));
        let standing = course.standing();
        assert_eq!((standing.to_fetch, standing.stuck), (2, 1));
    }

    #[test]
    fn a_server_that_does_not_take_a_file_is_no_server_that_is_away() {
        let mut course = course(&[], &[11, 12]);
        let sent = course.next_there().unwrap();
        course.begin(&sent, Way::There);
        let timed_out = || NatsError::TimedOut {
            action: "sending".into(),
        };
        let moved = |way, outcome| Moved {
            object: sent,
            way,
            outcome,
        };
        assert!(!moved(Way::There, Err(timed_out())).ends_connection());
        assert!(moved(Way::Here, Err(timed_out())).ends_connection());
        assert!(moved(Way::There, Err(NatsError::ConnectionLost)).ends_connection());
        course.end(&moved(Way::There, Err(timed_out())));
        let standing = course.standing();
        assert_eq!((standing.to_send, standing.moving), (2, 1));
        assert!(course.failed.values().any(|it| it.words.contains("full")));
    }

    #[test]
    fn it_is_not_said_that_nobody_has_something_while_whoever_has_it_may_send_it() {
        let mut course = course(&[1], &[]);
        course.there.clear();
        assert!(!course.standing().awaited);
        course.meet(1);
        assert!(course.standing().awaited);
        course.looks = LOOKS;
        assert!(!course.standing().awaited);
        course.meet(2);
        assert!(course.standing().awaited);
    }

    #[test]
    fn what_nobody_has_sent_is_awaited_and_is_not_on_its_way() {
        let mut course = course(&[1, 2], &[]);
        course.there.remove(&object(1).cid);
        assert_eq!(started(&mut course, &[object(1).cid]), [object(2)]);
        end(&mut course, 2, Way::Here, Ok(false));
        let standing = course.standing();
        assert_eq!((standing.to_fetch, standing.moving), (2, 0));
        assert_eq!(standing.as_of, Some(7));
        assert!(course.is_awaiting());
    }
}
