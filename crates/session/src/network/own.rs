//! What the server has of this replica's own and this machine has not: it was set back.

use wissil_dag::DocumentId;
use wissil_nats::Census;

use super::driver::{Driver, Endless, Trouble};

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
