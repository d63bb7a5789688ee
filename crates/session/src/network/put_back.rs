//! What the server lost of others: whoever has it puts it back.

use std::time::Duration;

use tokio::time::sleep;
use wissil_nats::StreamState;
use wissil_sync::EventStore as _;

use super::driver::{Driver, Endless, Trouble};
use super::exchange::Lost;
use crate::actor::Actor;
use crate::api::ApiError;

/// Whoever wrote what the server lost has this long to send it again before others do, so that not everybody does.
const OWNERS_TIME: Duration = Duration::from_secs(3);

/// What a stream lost of others.
pub(crate) struct Losses {
    /// The stream.
    pub stream: StreamState,
    /// The chains.
    pub chains: Vec<Lost>,
}

impl Actor {
    /// How many edits of these chains are here and not there.
    fn count_lost(&self, chains: &[Lost]) -> Result<u64, ApiError> {
        let store = self.project.engine.store();
        chains.iter().try_fold(0, |sum, lost| {
            let end = store.chain(&lost.log, &lost.replica)?;
            let end = end.map_or(0, |chain| chain.seq);
            Ok(sum + (end + 1).saturating_sub(lost.from))
        })
    }
}

impl Driver {
    /// How many edits are to be put back.
    pub(crate) async fn count_lost(&self, lost: &[Losses]) -> Result<u64, Trouble> {
        let chains: Vec<Lost> = lost.iter().flat_map(|lost| lost.chains.clone()).collect();
        let count = self.bridge.ask(move |actor| actor.count_lost(&chains));
        Ok(count.await?)
    }

    /// Puts back what the server lost of others; how much is left of it, which is nothing.
    pub(crate) async fn put_back(&self, lost: &[Losses]) -> Result<u64, Trouble> {
        for Losses { chains, .. } in lost {
            let chains = chains.clone();
            let put_back = move |actor: &mut Actor| {
                let mut chains = chains.iter();
                chains.try_for_each(|chain| actor.put_back(chain).map(drop))
            };
            self.bridge.ask(put_back).await?;
        }
        Ok(0)
    }

    /// Waits as long as whoever wrote what the server lost has to send it again, and a little longer at random, so that not
    /// all others do it at once.
    pub(super) async fn leave_to_its_owners(&self) -> Result<(), ApiError> {
        let [jitter]: [u8; 1] = crate::home::random()?;
        sleep(OWNERS_TIME + Duration::from_millis(u64::from(jitter) * 10)).await;
        Ok(())
    }

    /// Puts back what the server lost of others and they did not send themselves in the time they have for it.
    pub(crate) async fn put_back_later(&self, lost: Vec<Losses>) -> Endless {
        if self.stays && !lost.is_empty() {
            self.leave_to_its_owners().await?;
            let mut still = Vec::new();
            for Losses { stream, chains } in lost {
                let census = self.census(stream.clone()).await?;
                let chains = chains.into_iter().map(|chain| {
                    let key = (
                        chain.log.branch.clone(),
                        chain.log.document.clone(),
                        chain.replica,
                    );
                    let there = census.chains.get(&key).map_or(0, |chain| chain.seq);
                    let from = chain.from.max(there + 1);
                    Lost { from, ..chain }
                });
                let chains = chains.collect();
                still.push(Losses { stream, chains });
            }
            self.put_back(&still).await?;
            self.board.put_back();
            self.signals.put_back.notify_one();
        }
        std::future::pending().await
    }
}
