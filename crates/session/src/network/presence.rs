//! The presence task: shows this person to the others and the others to this person.

use std::time::Duration;

use tokio::select;
use tokio::time::{Instant, MissedTickBehavior, interval};
use wissil_nats::{PresenceChannel, PresenceEvent};

use super::driver::{Driver, Endless};
use super::people::Vector;

/// How often is looked at what arrived since, to tell its authors.
const SEEN_EVERY: Duration = Duration::from_millis(250);
/// What was seen is repeated this long: each message replaces the one before, so some do not go out.
const REPEATED: Duration = Duration::from_secs(8);

impl Driver {
    /// Shows and sees, as long as the server answers.
    pub(crate) async fn presence(&self) -> Endless {
        let channel =
            PresenceChannel::open(&self.connection, &self.session, self.messages.sender()).await?;
        // Whatever came before this connection counts, too.
        let known = self.bridge.ask(|actor| actor.logged_documents()).await?;
        self.signals.touch_all(known);
        let mut seen = self.seen().await?;
        let mut repeated_until = Instant::now() + REPEATED;
        let mut arrived = false;
        let mut ticks = interval(SEEN_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        channel.send(&self.people.shown(&self.replica, &seen))?;
        loop {
            select! {
                () = self.people.changed.notified() => channel.send(&self.people.shown(&self.replica, &seen))?,
                () = self.signals.arrived.notified() => arrived = true,
                _ = ticks.tick() => {
                    if arrived {
                        arrived = false;
                        seen = self.seen().await?;
                        repeated_until = Instant::now() + REPEATED;
                    } else if Instant::now() > repeated_until {
                        seen = Vector::new();
                    }
                    // Who looks at what may have changed, too.
                    channel.send(&self.people.shown(&self.replica, &seen))?;
                }
                event = channel.receive() => match event {
                    PresenceEvent::Joined(replica, bytes) => {
                        self.took(replica, &bytes);
                        // Whoever is new wants to know how far their events have come.
                        arrived = true;
                    }
                    PresenceEvent::Update(replica, bytes) => self.took(replica, &bytes),
                    PresenceEvent::Left(replica) => {
                        self.people.left(&replica);
                        // Others may have to be told now by this replica.
                        arrived = true;
                    }
                },
            }
        }
    }

    fn took(&self, replica: wissil_dag::ReplicaId, bytes: &[u8]) {
        if let Some(seen) = self.people.took(replica, bytes, &self.replica) {
            self.bridge.tell(move |actor| {
                // A failure to tell how far events have come costs nothing but the mark beside them.
                let _ = actor.seen(&seen);
            });
        }
    }

    async fn seen(&self) -> Result<Vector, crate::api::ApiError> {
        let documents = self.signals.touched();
        let owners = self.people.witnessed_by(&self.replica);
        self.bridge
            .ask(move |actor| actor.chains_of(&owners, &documents))
            .await
    }
}
