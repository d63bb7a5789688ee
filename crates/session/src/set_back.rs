//! A machine that was set back to an earlier state, together with this installation, as a snapshot of a virtual machine is.
//!
//! Nothing on the disk tells of it. What tells is an event of this replica's own that comes from outside and is not here:
//! its chain goes on elsewhere. From then on the project is edited under a new key; where something was made meanwhile in
//! a place of the chain that others know with another event, theirs counts, and what was made is set aside.

use std::collections::{BTreeMap, HashMap};

use wissil_dag::{Cid, DocumentId, ReplicaId};
use wissil_model::{Change, Delta, Operation, Projection, Value};
use wissil_nats::Census;
use wissil_sync::{Arrival, Arrivals, Contradiction, EventStore as _, LogKey, MANIFEST};

use crate::actor::Actor;
use crate::api::{ApiError, SessionMessage};

/// The end of an own chain: how many events it has.
type OwnEnd = (LogKey, ReplicaId, u64);

/// What the fields of a member say of which event counts in a place of a chain of theirs.
fn said_to_count(
    fields: &BTreeMap<String, Value>,
) -> impl Iterator<Item = ((DocumentId, ReplicaId), Cid)> {
    fields.iter().flat_map(|(field, value)| {
        let replica = field.strip_prefix("replicas.").map(str::parse);
        let counts = match (replica, value) {
            (Some(Ok(replica)), Value::Map(said)) => match said.get("counts") {
                Some(Value::Map(counts)) => Some((replica, counts)),
                _ => None,
            },
            _ => None,
        };
        counts.into_iter().flat_map(|(replica, counts)| {
            counts.iter().filter_map(move |(document, cid)| {
                let document = DocumentId::new(document.as_str()).ok()?;
                Some(((document, replica), cid.as_text()?.parse().ok()?))
            })
        })
    })
}

impl Actor {
    /// The ends of the own chains that these arrivals are about.
    pub(crate) fn own_ends(&self, arrivals: &[Arrival]) -> Result<Vec<OwnEnd>, ApiError> {
        let engine = &self.project.engine;
        let mut ends: Vec<OwnEnd> = Vec::new();
        for header in arrivals.iter().map(Arrival::header) {
            if !self.project.owns(&header.replica) {
                continue;
            }
            let log = LogKey {
                branch: header.branch.clone(),
                document: header.document.clone(),
            };
            let is_known =
                |(known, replica, _): &OwnEnd| (known, replica) == (&log, &header.replica);
            if !ends.iter().any(is_known) {
                let chain = engine.store().chain(&log, &header.replica)?;
                let seq = chain.map_or(0, |chain| chain.seq);
                ends.push((log, header.replica, seq));
            }
        }
        Ok(ends)
    }

    /// After arrivals were taken in: whether own chains went on elsewhere, and what follows from it. `before` are their
    /// ends from before; `looks` says whether something was refused or the manifest changed.
    pub(crate) fn mind_chains(&mut self, before: Vec<OwnEnd>, looks: bool) -> Result<(), ApiError> {
        let mut came_back = 0;
        for (log, replica, seq) in &before {
            let store = self.project.engine.store();
            let now = store.chain(log, replica)?.map_or(0, |chain| chain.seq);
            if replica == self.project.engine.replica() {
                came_back += now.saturating_sub(*seq);
            }
        }
        if came_back > 0 || looks {
            self.settle_chains(came_back)?;
        }
        Ok(())
    }

    /// Takes a new key where an own chain is frozen or went on elsewhere, and has what is contradicted give way: in own
    /// chains, and in those of others where they have said what counts.
    pub(crate) fn settle_chains(&mut self, came_back: u64) -> Result<(), ApiError> {
        let frozen = self.frozen_chains()?;
        let present = self.replica();
        let mut renews = came_back > 0 || frozen.iter().any(|(_, replica)| *replica == present);
        if renews {
            self.project.renew()?;
        }
        let mut was_set_back = renews;
        let (mut lost, mut said) = (0, Vec::new());
        if !frozen.is_empty() {
            let mut known = self.project.aside().known()?;
            let counting = self.what_counts()?;
            for (log, replica) in frozen {
                let owned: Vec<ReplicaId> = self.project.own_replicas();
                let owns = |replica: &ReplicaId| owned.contains(replica);
                let engine = &self.project.engine;
                if !owns(&replica) {
                    let Some(counts) = counting.get(&(log.document.clone(), replica)) else {
                        continue;
                    };
                    if engine.store().place(counts)?.is_some() {
                        let engine = &mut self.project.engine;
                        engine.refuse_what_builds_on_refused(&log)?;
                        continue;
                    }
                }
                let Some(contradiction) = engine.contradiction(&log, &replica, &known, owns)?
                else {
                    continue;
                };
                if contradiction.lost_of.contains(engine.replica()) {
                    renews = true;
                    self.project.renew()?;
                }
                self.project.aside().keep(&contradiction.lost)?;
                known.extend(contradiction.lost.iter().map(|signed| signed.cid));
                lost += contradiction.lost.len();
                let (counts, seq) = (contradiction.counts, contradiction.seq);
                let was_sent = contradiction.was_sent;
                self.give_way(&log, contradiction)?;
                let engine = &mut self.project.engine;
                engine.refuse_what_builds_on_refused(&log)?;
                if self.project.owns(&replica) {
                    if was_sent {
                        let store = self.project.engine.store_mut();
                        store.requeue(&log, &replica, seq)?;
                        self.signals.put_back.notify_one();
                    }
                    was_set_back = true;
                    said.push((replica, log.document, counts));
                }
            }
        }
        if renews {
            self.join()?;
            self.signals.renewed.notify_one();
        }
        // Not before: it would build on what gives way.
        for (replica, document, counts) in said {
            self.say_what_counts(&replica, &document, &counts)?;
        }
        if renews || lost > 0 {
            let notice = in_words(came_back, lost, was_set_back);
            self.tell_set_back(notice)?;
        }
        Ok(())
    }

    fn frozen_chains(&self) -> Result<Vec<(LogKey, ReplicaId)>, ApiError> {
        let engine = &self.project.engine;
        let main = engine.main_manifest()?;
        let is_followed = |log: &LogKey| log.branch == *engine.branch() || *log == main;
        let chains = engine.store().chains()?.into_iter();
        Ok(chains
            .filter(|(log, _, chain)| chain.frozen && is_followed(log))
            .map(|(log, replica, _)| (log, replica))
            .collect())
    }

    fn give_way(&mut self, log: &LogKey, contradiction: Contradiction) -> Result<(), ApiError> {
        let before = self.shown(log);
        // Fewer than there are is no harm; more would be taken for a restored project.
        let events = self.project.engine.store().counts()?.events;
        let fewer = events.saturating_sub(contradiction.leaving);
        self.project.position.note(fewer);
        let arrivals = self.project.engine.give_way(contradiction)?;
        let events = self.project.engine.store().counts()?.events;
        self.project.position.note(events);
        self.tell_gave_way(log, before, arrivals)
    }

    /// Which event counts in a place of a chain that two events claim, as the chains' owners have said. Where the chain is
    /// one of the manifest itself, what they said waits for the very event that counts.
    fn what_counts(&mut self) -> Result<HashMap<(DocumentId, ReplicaId), Cid>, ApiError> {
        let mut counting = HashMap::new();
        let main = self.project.engine.main_manifest()?;
        let manifest = self.project.engine.projection_of(&main)?;
        for member in manifest.records("members").values() {
            counting.extend(said_to_count(&member.0));
        }
        for (user, change) in self.project.engine.waiting_changes(&main.document)? {
            if let Operation::Set { set, .. } = &change.operation
                && change.collection == "members"
                && change.id.as_str() == user.as_str()
            {
                counting.extend(said_to_count(set));
            }
        }
        Ok(counting)
    }

    /// Tells everybody which event counts in a place of an own chain that two events claim. Whoever folded the other one
    /// follows, and so does whoever joins later and comes across it first.
    fn say_what_counts(
        &mut self,
        replica: &ReplicaId,
        document: &DocumentId,
        counts: &Cid,
    ) -> Result<(), ApiError> {
        let manifest = self.project.engine.main_manifest()?;
        let field = format!("replicas.{replica}");
        let projection = self.project.engine.projection_of(&manifest)?;
        let member = projection.record("members", &self.person.id);
        let mut said = match member.and_then(|member| member.get(&field)) {
            Some(Value::Map(said)) => said.clone(),
            Some(joined) => BTreeMap::from([("joined".to_owned(), joined.clone())]),
            None => BTreeMap::new(),
        };
        let counting = said
            .entry("counts".to_owned())
            .or_insert_with(|| Value::Map(BTreeMap::new()));
        if let Value::Map(counting) = counting {
            counting.insert(document.to_string(), Value::text(counts.to_string()));
        }
        let set = Change::set(
            "members",
            self.person.id.as_str(),
            [(field, Value::Map(said))],
        );
        self.edit_log(&manifest, "member.set", vec![set])?;
        Ok(())
    }

    /// A document as views were told of it; none where nobody looks at it.
    fn shown(&mut self, log: &LogKey) -> Option<Projection> {
        let is_shown = self.views.contains_key(log) || log.document.as_str() == MANIFEST;
        let projection = is_shown.then(|| self.project.engine.projection_of(log).ok());
        projection.flatten().cloned()
    }

    /// Tells views what their documents are now, and listeners what came.
    fn tell_gave_way(
        &mut self,
        log: &LogKey,
        before: Option<Projection>,
        arrivals: Arrivals,
    ) -> Result<(), ApiError> {
        if let Some(before) = before {
            let position = self.project.engine.position_of(log)?;
            let now = self.project.engine.projection_of(log)?;
            let mut told = Delta::default();
            for (collection, records) in before.collections().chain(now.collections()) {
                let all = told.upserted.entry(collection.to_owned()).or_default();
                all.extend(
                    records
                        .iter()
                        .map(|(id, record)| (id.clone(), record.clone())),
                );
            }
            let told = told.as_in(now);
            self.tell_views(log, &told, position)?;
            if log.document.as_str() == MANIFEST {
                self.read_names()?;
            }
            self.note_files(&told);
        }
        for folded in &arrivals.folded {
            if folded.log != *log {
                self.tell_views(&folded.log, &folded.delta, folded.position)?;
            }
        }
        self.tell_folded(arrivals.folded)?;
        Ok(())
    }

    fn tell_set_back(&mut self, notice: String) -> Result<(), ApiError> {
        self.project.notices.push(notice.clone());
        let set_aside = self.set_aside()?;
        self.tell(&SessionMessage::SetBack { notice, set_aside });
        // What was told of the history before may be gone.
        self.tell_listeners(Vec::new())
    }

    /// The documents in which the server has own events that are not here and did not give way.
    pub(crate) fn own_elsewhere(&self, census: &Census) -> Result<Vec<DocumentId>, ApiError> {
        let engine = &self.project.engine;
        let mut known = None;
        let mut documents = Vec::new();
        for ((branch, document, replica), chain) in &census.chains {
            if branch != engine.branch()
                || !self.project.owns(replica)
                || engine.store().place(&chain.cid)?.is_some()
            {
                continue;
            }
            if known.is_none() {
                known = Some(self.project.aside().known()?);
            }
            let gave_way = known
                .as_ref()
                .is_some_and(|known| known.contains(&chain.cid));
            if !gave_way && !documents.contains(document) {
                documents.push(document.clone());
            }
        }
        documents.sort();
        Ok(documents)
    }
}

/// What happened, for a person.
fn in_words(came_back: u64, lost: usize, was_set_back: bool) -> String {
    let (changes, were, their) = match lost {
        1 => ("1 change".to_owned(), "was", "its"),
        _ => (format!("{lost} changes"), "were", "their"),
    };
    if !was_set_back {
        return format!(
            "Somebody\u{2019}s machine had been set back to an earlier state. {changes} of yours {were} set aside, because \
             {their} ground gave way to what others have. The project goes on under a new key."
        );
    }
    let mut words = "This machine was set back to an earlier state: others have changes that were made here and were not \
                     here any more"
        .to_owned();
    if came_back > 0 {
        words.push_str(&format!("; {came_back} came back"));
    }
    words.push_str(". The project goes on under a new key.");
    if lost > 0 {
        words.push_str(&format!(
            " {changes} made here since then {were} set aside, because others have other changes in {their} places."
        ));
    }
    words
}
