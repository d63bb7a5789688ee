//! Objects on their way: what records name and is not here comes, what is here goes. Small pictures first.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use tokio::select;
use tokio::time::sleep;
use wissil_dag::Cid;
use wissil_nats::{NatsError, Objects};

use super::driver::{Driver, Endless, Trouble};
use super::incoming::CaughtUp;
use crate::api::ApiError;

/// What others have not sent yet is looked for this often.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Something to fetch or to send.
struct Parcel {
    cid: Cid,
    size: Option<u64>,
    path: PathBuf,
}

impl Driver {
    /// Fetches and sends objects, as long as the server answers.
    pub(crate) async fn files(&self, caught_up: &CaughtUp) -> Endless {
        caught_up.wait().await;
        let objects = Objects::open(&self.connection, &self.session).await?;
        // What the server has of this session's objects, as far as it was asked.
        let mut there: HashSet<Cid> = HashSet::new();
        loop {
            let awaited = self.fetch_objects(&objects, &mut there).await?;
            self.send_objects(&objects, &mut there).await?;
            select! {
                () = self.signals.objects.notified() => {}
                () = sleep(LOOK_AGAIN), if awaited => {}
            }
        }
    }

    /// Fetches what is wanted; whether something is still awaited afterwards.
    async fn fetch_objects(
        &self,
        objects: &Objects,
        there: &mut HashSet<Cid>,
    ) -> Result<bool, Trouble> {
        let wanted = self
            .bridge
            .ask(|actor| {
                let wanted = actor.wanted_objects()?;
                wanted
                    .into_iter()
                    .map(|object| {
                        let path = actor.project.objects.path_of(&object.cid);
                        if let Some(shelf) = path.parent() {
                            std::fs::create_dir_all(shelf)
                                .map_err(|error| ApiError::io("made", shelf, &error))?;
                        }
                        Ok(Parcel {
                            path,
                            cid: object.cid,
                            size: object.size,
                        })
                    })
                    .collect::<Result<Vec<_>, ApiError>>()
            })
            .await?;
        let mut awaited = false;
        for parcel in wanted {
            let cid = parcel.cid;
            let progress = self.progress(cid);
            match objects
                .get_file(&cid, parcel.size, &parcel.path, &progress)
                .await
            {
                Ok(true) => {
                    there.insert(cid);
                    self.bridge.tell(move |actor| actor.object_arrived(&cid));
                }
                Ok(false) => {
                    awaited = true;
                }
                Err(error) => {
                    self.stopped(cid);
                    self.passed_over(error)?;
                    awaited = true;
                }
            }
        }
        Ok(awaited)
    }

    /// Sends what is here and not there.
    async fn send_objects(
        &self,
        objects: &Objects,
        there: &mut HashSet<Cid>,
    ) -> Result<(), Trouble> {
        let known = there.clone();
        let held = self
            .bridge
            .ask(move |actor| {
                let held = actor.held_objects()?;
                Ok(held
                    .into_iter()
                    .filter(|object| !known.contains(&object.cid))
                    .map(|object| Parcel {
                        path: actor.project.objects.path_of(&object.cid),
                        cid: object.cid,
                        size: object.size,
                    })
                    .collect::<Vec<_>>())
            })
            .await?;
        for parcel in held {
            let cid = parcel.cid;
            if !objects.has(&cid).await? {
                let progress = self.progress(cid);
                let sent = objects.put_file(&cid, &parcel.path, &progress).await;
                self.stopped(cid);
                if let Err(error) = sent {
                    self.passed_over(error)?;
                    continue;
                }
            }
            there.insert(cid);
        }
        Ok(())
    }

    /// One object that cannot travel does not keep the others; a connection that ended ends all.
    fn passed_over(&self, error: NatsError) -> Result<(), Trouble> {
        if error.is_transient() {
            return Err(error.into());
        }
        self.board.problem(error.to_string());
        Ok(())
    }

    fn stopped(&self, cid: Cid) {
        self.bridge.tell(move |actor| actor.object_stopped(&cid));
    }

    fn progress(&self, cid: Cid) -> impl Fn(u64, u64) + Send + Sync + use<> {
        let bridge = self.bridge.clone();
        move |done, _| bridge.tell(move |actor| actor.object_progress(&cid, done))
    }
}
