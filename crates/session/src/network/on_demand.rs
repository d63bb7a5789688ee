//! Documents that somebody looks at before everything has come.

use wissil_dag::{BranchId, DocumentId};
use wissil_nats::Reader;

use super::driver::{Driver, Endless, Trouble};

impl Driver {
    /// Fetches whole documents out of their turn.
    pub(crate) async fn on_demand(&self) -> Endless {
        let name = format!("{}-document", self.replica);
        loop {
            let Some(document) = self.signals.next_wanted() else {
                self.signals.wanted.notified().await;
                continue;
            };
            let asked = document.clone();
            let found = self
                .bridge
                .ask(move |actor| {
                    let branch = actor.project.engine.branch().clone();
                    let kind = actor.kind_of_absent(&asked)?;
                    let stream = kind.and_then(wissil_nats::edit_stream);
                    Ok(stream.map(|stream| (stream, branch)))
                })
                .await?;
            let Some((stream, branch)) = found else {
                continue;
            };
            // The streams' places stay: when reading comes here, all of it is known.
            self.read_document(stream, &branch, &document, &name)
                .await?;
        }
    }

    /// Takes in all that the server has of a document.
    pub(super) async fn read_document(
        &self,
        stream: &str,
        branch: &BranchId,
        document: &DocumentId,
        consumer: &str,
    ) -> Result<(), Trouble> {
        let mut reader = Reader::open_document(
            &self.connection,
            stream,
            &self.session,
            branch,
            document,
            consumer,
        )
        .await?;
        let mut left = reader.backlog();
        while left > 0 {
            let read = reader.next().await?;
            left = read.pending;
            let checked = tokio::task::block_in_place(|| self.check(read.events));
            self.bridge.ask(move |actor| actor.arrived(checked)).await?;
        }
        Ok(())
    }
}
