//! What the server has of this replica's own and this machine has not: it was set back.

use wissil_dag::{DocumentId, SignedEvent};
use wissil_nats::{Census, Reader};
use wissil_sync::{EventStore as _, LogKey};

use super::driver::{Driver, Endless, Trouble};
use crate::actor::Actor;
use crate::api::{ApiError, SessionMessage};

impl Driver {
    /// Reads the documents in which the server has events of this replica's own that are not here. Nothing is sent before
    /// that: something else may have been made here in their places.
    pub(crate) async fn fetch_own(&self, census: &Census) -> Result<(), Trouble> {
        let asked = census.clone();
        let elsewhere = self
            .bridge
            .ask(move |actor| actor.own_elsewhere(&asked))
            .await?;
        for document in elsewhere {
            self.fetch_document(census, &document).await?;
        }
        Ok(())
    }

    async fn fetch_document(&self, census: &Census, document: &DocumentId) -> Result<(), Trouble> {
        let name = format!("{}-own", self.replica);
        let branch = self.bridge.ask(|actor| Ok(actor.branch())).await?;
        let stream = &census.state.name;
        self.read_document(stream, &branch, document, &name).await
    }

    /// Puts events back that are missing here although they were saved, where the server has them; how many that were.
    pub(crate) async fn fetch_lost(&self) -> Result<u64, Trouble> {
        let name = format!("{}-lost", self.replica);
        let mut came = 0;
        for (log, stream) in self.bridge.ask(|actor| actor.short_logs()).await? {
            let mut reader = Reader::open_document(
                &self.connection,
                stream,
                &self.session,
                &log.branch,
                &log.document,
                &name,
            )
            .await?;
            let mut left = reader.backlog();
            let mut events = Vec::new();
            while left > 0 {
                let read = reader.next().await?;
                left = read.pending;
                events.extend(read.events.into_iter().map(|received| received.signed));
            }
            came += self.bridge.ask(move |actor| actor.restore(&events)).await?;
        }
        Ok(came)
    }

    /// Ends this connection's tasks when the project goes on under a new key: they know the one before.
    pub(crate) async fn renewed(&self) -> Endless {
        loop {
            self.signals.renewed.notified().await;
            let replica = self.bridge.ask(|actor| Ok(actor.replica())).await?;
            // It may have been taken before this connection began.
            if replica != self.replica {
                return Err(Trouble::CompareAgain);
            }
        }
    }
}

impl Actor {
    /// The logs in which events are missing, with the streams that carry them.
    fn short_logs(&self) -> Result<Vec<(LogKey, &'static str)>, ApiError> {
        let store = self.project.engine.store();
        let mut short = Vec::new();
        for log in store.short_logs()? {
            let kind = store.log(&log)?.map(|state| state.kind);
            let stream = kind.and_then(wissil_nats::edit_stream);
            short.extend(stream.map(|stream| (log, stream)));
        }
        Ok(short)
    }

    /// Puts those of some events back that are missing; how many that were.
    fn restore(&mut self, events: &[SignedEvent]) -> Result<u64, ApiError> {
        let restored = self.project.engine.store_mut().restore(events)?;
        if restored > 0 {
            self.recover();
            let events = match restored {
                1 => "1 event that was missing here was".to_owned(),
                _ => format!("{restored} events that were missing here were"),
            };
            let problem = format!(
                "The project\u{2019}s database had been damaged: {events} fetched again from the server."
            );
            self.tell(&SessionMessage::Problem { problem });
        }
        Ok(restored)
    }
}
