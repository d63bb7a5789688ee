//! History as people read it: who, when, what, in words.

use std::cell::Cell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use wissil_dag::{Cid, DocumentId, Event, IdeEvent, Ipld, ReplicaId, UserId};
use wissil_model::{Change, DocumentKind, Value, describe};
use wissil_store::SqliteStore;
use wissil_sync::{Engine, EventStore as _, LogKey, MANIFEST, Moment, StoredEvent, name_then};

use crate::actor::Actor;
use crate::api::{ApiError, ErrorCode, EventRow, EventState, Person, Touched};
use crate::session::{Session, document_id, event_cid, subsystem};

/// Most touched records that a row names; all of them are asked for when they are needed.
const MAX_TOUCHED: usize = 200;

/// Most rows of history given at once.
const MAX_ROWS: u32 = 1000;

/// What a document is called that the manifest does not name any more.
pub(crate) const DELETED: &str = "a deleted document";

/// What rows need of the manifest.
#[derive(Default)]
pub(crate) struct Names {
    people: HashMap<String, Person>,
    documents: HashMap<String, String>,
}

/// The manifest's document id.
pub(crate) fn manifest() -> Result<DocumentId, ApiError> {
    DocumentId::new(MANIFEST).map_err(|error| ApiError::internal(error.to_string()))
}

impl Names {
    /// Reads them: people from the manifest of `main`, documents from that of the branch.
    pub fn read(engine: &mut Engine<SqliteStore>) -> Result<Self, ApiError> {
        let text = |record: &wissil_model::Record, field: &str| {
            record
                .get(field)
                .and_then(Value::as_text)
                .map(str::to_owned)
        };
        let main = engine.main_manifest()?;
        Ok(Self {
            people: engine
                .projection_of(&main)?
                .records("members")
                .iter()
                .map(|(id, record)| {
                    let person = Person {
                        id: id.to_string(),
                        name: text(record, "name").unwrap_or_else(|| "Somebody".into()),
                        color: text(record, "color").unwrap_or_else(|| "#7d8794".into()),
                    };
                    (id.to_string(), person)
                })
                .collect(),
            documents: engine
                .projection(&manifest()?)?
                .records("documents")
                .iter()
                .filter_map(|(id, record)| Some((id.to_string(), text(record, "name")?)))
                .collect(),
        })
    }

    /// All people, by name.
    pub fn people(&self) -> Vec<Person> {
        let mut people: Vec<Person> = self.people.values().cloned().collect();
        people.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        people
    }

    /// What people call a document.
    pub fn document(&self, id: &str) -> String {
        match self.documents.get(id) {
            Some(name) => name.clone(),
            None if id == MANIFEST => "Project".into(),
            None => DELETED.into(),
        }
    }

    fn person(&self, user: &UserId) -> Person {
        self.people.get(user.as_str()).cloned().unwrap_or(Person {
            id: user.to_string(),
            name: "Somebody".into(),
            color: "#7d8794".into(),
        })
    }
}

impl Session {
    /// History, newest first: at most `limit` rows before a position (none: from the newest), of one document or all.
    pub fn events(
        &self,
        before: Option<&str>,
        limit: u32,
        document: Option<&str>,
    ) -> Result<Vec<EventRow>, ApiError> {
        let before = before.map(moment).transpose()?;
        let document = document.map(document_id).transpose()?;
        self.read_history(move |actor| {
            let limit = limit.min(MAX_ROWS) as usize;
            actor.gestures(before, limit, document.as_ref())
        })
    }

    /// Reads rows of history beside the owning thread, with what others have seen by now.
    pub(crate) fn read_history<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Actor) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let seen = self.ask(|actor| Ok(actor.seen.clone()))?;
        self.read(move |actor| {
            actor.seen = seen;
            task(actor)
        })
    }

    /// One event as a row of history.
    pub fn event(&self, cid: &str) -> Result<EventRow, ApiError> {
        let cid = event_cid(cid)?;
        self.read_history(move |actor| {
            let stored = actor.stored(&cid)?;
            actor.row(stored)
        })
    }

    /// All records that a row of history touched.
    pub fn event_touched(&self, cid: &str) -> Result<Vec<Touched>, ApiError> {
        let cid = event_cid(cid)?;
        self.read(move |actor| actor.touched(&cid))
    }

    /// One event in the outside form.
    pub fn event_json(&self, cid: &str) -> Result<IdeEvent, ApiError> {
        let cid = event_cid(cid)?;
        self.read(move |actor| {
            let stored = actor.stored(&cid)?;
            let log = actor.project.engine.store().log(&stored.log)?;
            let kind = log.map_or(DocumentKind::MANIFEST, |log| log.kind);
            IdeEvent::from_signed(&stored.signed, &subsystem(kind)).map_err(|error| {
                ApiError::with_cause(ErrorCode::Damaged, error.to_string(), &error)
            })
        })
    }
}

/// A gesture: what a person did at once, which is several events when it is large.
struct Gesture {
    /// Its first event.
    stored: StoredEvent,
    event: Event,
    /// The changes of all its events.
    changes: Vec<Change>,
    /// The number of its last event in the chain.
    last: u64,
    /// Whether one of its events waits for the server.
    in_outbox: bool,
}

impl Gesture {
    /// The gesture that begins with an event. One that is not the first of its gesture stands for itself.
    fn starting_with(store: &SqliteStore, stored: StoredEvent) -> Result<Self, ApiError> {
        let (event, changes) = read(&stored)?;
        let mut gesture = Self::new(stored, event, changes);
        gesture.read_on(store);
        Ok(gesture)
    }

    /// A gesture of which one event is known.
    fn new(stored: StoredEvent, event: Event, changes: Vec<Change>) -> Self {
        Self {
            last: event.seq,
            in_outbox: stored.in_outbox,
            stored,
            event,
            changes,
        }
    }

    /// Whether the next event of its chain is a part of it.
    fn goes_on_with(&self, event: &Event) -> bool {
        part_of(event) == Some(self.stored.signed.cid)
    }

    fn add(&mut self, stored: &StoredEvent, event: &Event, changes: Vec<Change>) {
        self.changes.extend(changes);
        self.last = event.seq;
        self.in_outbox |= stored.in_outbox;
    }

    /// Reads the parts that come after what is known.
    fn read_on(&mut self, store: &SqliteStore) {
        let (log, replica) = (self.stored.log.clone(), self.event.replica);
        let seqs = self.last.saturating_add(1)..u64::MAX;
        let parts = store.chain_events(&log, &replica, seqs, &mut |next| match read(&next) {
            Ok((event, changes)) if self.goes_on_with(&event) => {
                self.add(&next, &event, changes);
                true
            }
            _ => false,
        });
        if parts.is_err() {
            // The next event is damaged: that is said when it is read itself.
        }
    }

    /// The gesture that an event is a later part of; none when it is the first part, or the only one, or when the parts
    /// before it are not here.
    fn continued_by(store: &SqliteStore, stored: &StoredEvent) -> Result<Option<Self>, ApiError> {
        let (event, _) = read(stored)?;
        let Some(first) = part_of(&event) else {
            return Ok(None);
        };
        let Some(first) = store.event(&first)? else {
            return Ok(None);
        };
        let gesture = Self::starting_with(store, first)?;
        let is_part = gesture.stored.log == stored.log
            && gesture.event.replica == event.replica
            && (gesture.event.seq..=gesture.last).contains(&event.seq);
        Ok(is_part.then_some(gesture))
    }
}

/// Events that are told together. Each is read once, and what follows it in its chain is looked for among them first:
/// mostly they are many of one chain, up to its end.
struct Page {
    /// None once a gesture has it.
    events: Vec<Option<(StoredEvent, Event, Vec<Change>)>>,
    /// Which of them comes after another in its chain.
    next: HashMap<Cid, usize>,
    /// The ends of the chains that were looked up.
    ends: HashMap<(LogKey, ReplicaId), Option<Cid>>,
}

impl Page {
    fn read(stored: Vec<StoredEvent>) -> Result<Self, ApiError> {
        let mut page = Self {
            events: Vec::with_capacity(stored.len()),
            next: HashMap::new(),
            ends: HashMap::new(),
        };
        for stored in stored {
            let (event, changes) = read(&stored)?;
            let at = page.events.len();
            page.next
                .extend(event.previous.map(|previous| (previous, at)));
            page.events.push(Some((stored, event, changes)));
        }
        Ok(page)
    }

    /// The gesture that one of them is of; none when it was given already.
    fn gesture(&mut self, store: &SqliteStore, at: usize) -> Result<Option<Gesture>, ApiError> {
        let Some((stored, event, changes)) = self.events[at].take() else {
            return Ok(None);
        };
        if part_of(&event).is_some()
            && let Some(gesture) = Gesture::continued_by(store, &stored)?
        {
            return Ok(Some(gesture));
        }
        let mut last = stored.signed.cid;
        let mut gesture = Gesture::new(stored, event, changes);
        while let Some(next) = self.next.get(&last) {
            let part = self.events[*next].take_if(|(_, event, _)| gesture.goes_on_with(event));
            let Some((stored, event, changes)) = part else {
                return Ok(Some(gesture));
            };
            last = stored.signed.cid;
            gesture.add(&stored, &event, changes);
        }
        let chain = (gesture.stored.log.clone(), gesture.event.replica);
        let end = match self.ends.entry(chain) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let (log, replica) = entry.key();
                let end = store.chain(log, replica)?.map(|end| end.cid);
                *entry.insert(end)
            }
        };
        if end != Some(last) {
            gesture.read_on(store);
        }
        Ok(Some(gesture))
    }
}

/// The first event of the gesture that an event says it is a later part of.
fn part_of(event: &Event) -> Option<Cid> {
    match event.metadata.get("gesture") {
        Some(Ipld::Link(first)) => Some(*first),
        _ => None,
    }
}

impl Actor {
    /// Gestures of the branch that is open, newest first: at most `limit` that begin before a moment (none: from the
    /// newest), of one document or all.
    pub(crate) fn gestures(
        &mut self,
        mut before: Option<Moment>,
        limit: usize,
        document: Option<&DocumentId>,
    ) -> Result<Vec<EventRow>, ApiError> {
        let mut rows = Vec::new();
        // The gesture that was looked up last: its parts stand one after the other, mostly.
        let mut whole: Option<Gesture> = None;
        while rows.len() < limit {
            let store = self.project.engine.store();
            let page = store.history(before.as_ref(), limit - rows.len(), document)?;
            let Some(last) = page.last() else {
                break;
            };
            before = store.moment(&last.signed.cid)?;
            for stored in page {
                if stored.log.branch != *self.project.engine.branch() {
                    continue;
                }
                let store = self.project.engine.store();
                let (event, _) = read(&stored)?;
                let is_known = whole.as_ref().is_some_and(|whole| {
                    part_of(&event) == Some(whole.stored.signed.cid)
                        && whole.stored.log == stored.log
                        && whole.event.replica == event.replica
                        && (whole.event.seq..=whole.last).contains(&event.seq)
                });
                if is_known {
                    continue;
                }
                match Gesture::continued_by(store, &stored)? {
                    Some(gesture) => whole = Some(gesture),
                    None => rows.push(self.row(stored)?),
                }
            }
        }
        Ok(rows)
    }

    /// The gestures that events are of, each once, in the order of the events.
    pub(crate) fn rows(&mut self, stored: Vec<StoredEvent>) -> Result<Vec<EventRow>, ApiError> {
        let mut page = Page::read(stored)?;
        let mut told = HashSet::new();
        let mut rows = Vec::new();
        for at in 0..page.events.len() {
            let store = self.project.engine.store();
            if let Some(gesture) = page.gesture(store, at)?
                && told.insert(gesture.stored.signed.cid)
            {
                rows.push(self.row_of(&gesture)?);
            }
        }
        Ok(rows)
    }

    /// The gesture that begins with an event, as a row of history.
    pub(crate) fn row(&mut self, stored: StoredEvent) -> Result<EventRow, ApiError> {
        let gesture = Gesture::starting_with(self.project.engine.store(), stored)?;
        self.row_of(&gesture)
    }

    fn row_of(&mut self, gesture: &Gesture) -> Result<EventRow, ApiError> {
        let engine = &mut self.project.engine;
        let event = &gesture.event;
        let words = match stepped_over(event) {
            Some(first) => {
                let verb = wissil_model::verb(DocumentKind::MANIFEST, &event.event_type);
                match original(engine, first)? {
                    Some(original) => format!("{verb}: {}", words(engine, &original)?),
                    None => words(engine, gesture)?,
                }
            }
            None => words(engine, gesture)?,
        };
        let document_name = self.document_name(&gesture.stored.log);
        let engine = &self.project.engine;
        Ok(EventRow {
            position: position(engine, gesture)?,
            cid: gesture.stored.signed.cid.to_string(),
            document: event.document.to_string(),
            document_name,
            own: event.user == *engine.user(),
            person: self.names.person(&event.user),
            event_type: event.event_type.clone(),
            time: event.time as f64,
            words,
            touched: touched(&gesture.changes).take(MAX_TOUCHED).collect(),
            touched_count: u32::try_from(gesture.changes.len()).unwrap_or(u32::MAX),
            state: state(engine, &self.seen, gesture),
        })
    }

    /// Everything that the gesture touched which begins with an event.
    pub(crate) fn touched(&self, cid: &Cid) -> Result<Vec<Touched>, ApiError> {
        let gesture = Gesture::starting_with(self.project.engine.store(), self.stored(cid)?)?;
        Ok(touched(&gesture.changes).collect())
    }
}

fn touched(changes: &[Change]) -> impl Iterator<Item = Touched> {
    changes.iter().map(|change| Touched {
        collection: change.collection.clone(),
        id: change.id.to_string(),
    })
}

/// The place of a gesture in history as a text: of two the one with the greater numbers is the later.
fn position(engine: &Engine<SqliteStore>, gesture: &Gesture) -> Result<String, ApiError> {
    let cid = gesture.stored.signed.cid;
    let moment = engine.store().moment(&cid)?;
    let at = moment.map_or(gesture.event.time, |moment| moment.at);
    Ok(format!("{at}.{}.{cid}", gesture.event.height))
}

/// The moment that a position names.
fn moment(position: &str) -> Result<Moment, ApiError> {
    let mut parts = position.splitn(3, '.');
    let moment = (|| {
        Some(Moment {
            at: parts.next()?.parse().ok()?,
            height: parts.next()?.parse().ok()?,
            cid: parts.next()?.parse().ok()?,
        })
    })();
    moment.ok_or_else(|| {
        ApiError::new(
            ErrorCode::Invalid,
            format!("`{position}` is not a position"),
        )
    })
}

/// How far a gesture has travelled. What somebody else wrote is where they are, too.
fn state(
    engine: &Engine<SqliteStore>,
    seen: &HashMap<LogKey, u64>,
    gesture: &Gesture,
) -> EventState {
    let others = gesture.event.replica != *engine.replica()
        || seen
            .get(&gesture.stored.log)
            .is_some_and(|seq| gesture.last <= *seq);
    match (gesture.in_outbox, others) {
        (true, _) => EventState::Saved,
        (false, true) => EventState::Seen,
        (false, false) => EventState::OnServer,
    }
}

/// What a stored event says.
pub(crate) fn read(stored: &StoredEvent) -> Result<(Event, Vec<Change>), ApiError> {
    let cid = stored.signed.cid;
    let damaged = |problem: String| {
        ApiError::new(
            ErrorCode::Damaged,
            format!("event {cid} is damaged: {problem}"),
        )
    };
    let event =
        Event::decode_trusted(&stored.signed.block).map_err(|error| damaged(error.to_string()))?;
    let changes =
        Change::from_blocks(&event.changes).map_err(|error| damaged(error.to_string()))?;
    Ok((event, changes))
}

/// The gesture in words, with names as they were then. Where the event does not say them, as they are now; what is gone
/// has none.
fn words(engine: &mut Engine<SqliteStore>, gesture: &Gesture) -> Result<String, ApiError> {
    let Gesture {
        stored,
        event,
        changes,
        ..
    } = gesture;
    let kind = match engine.loaded_log(&stored.log) {
        Some(projection) => projection.kind(),
        None => {
            let log = engine.store().log(&stored.log)?;
            log.map_or(DocumentKind::MANIFEST, |log| log.kind)
        }
    };
    let unknown = Cell::new(false);
    let says_names = event.metadata.contains_key("names");
    let words = |engine: &Engine<SqliteStore>| {
        describe(kind, &event.event_type, changes, &|collection, id| {
            // What had no name then, and is this document's own, has none.
            let is_known = says_names && kind.schema().collection(collection).is_some();
            let name = name_then(event, collection, id).or_else(|| match is_known {
                true => None,
                false => engine.name_in(&stored.log, collection, id),
            });
            unknown.set(unknown.get() || name.is_none());
            name
        })
    };
    let said = words(engine);
    // Events of earlier versions say no names.
    if unknown.get()
        && !says_names
        && engine.loaded_log(&stored.log).is_none()
        && engine.projection_of(&stored.log).is_ok()
    {
        return Ok(words(engine));
    }
    Ok(said)
}

/// The first event that an undo or redo takes back.
fn stepped_over(event: &Event) -> Option<Cid> {
    let list = event
        .metadata
        .get("undoes")
        .or_else(|| event.metadata.get("redoes"))?;
    match list {
        Ipld::List(links) => match links.first()? {
            Ipld::Link(cid) => Some(*cid),
            _ => None,
        },
        _ => None,
    }
}

/// The gesture at the beginning of a row of undos and redos.
fn original(engine: &Engine<SqliteStore>, first: Cid) -> Result<Option<Gesture>, ApiError> {
    let mut cid = first;
    loop {
        let Some(stored) = engine.store().event(&cid)? else {
            return Ok(None);
        };
        let (event, _) = read(&stored)?;
        match stepped_over(&event) {
            // An event names only older ones, so this ends.
            Some(earlier) => cid = earlier,
            None => return Gesture::starting_with(engine.store(), stored).map(Some),
        }
    }
}
