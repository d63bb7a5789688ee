//! Hearing of changes in the folder of the files.

use std::path::Path;
use std::sync::Arc;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::inbox::Inbox;

/// Starts to watch a folder and everything in it; ends when what it gives is dropped.
pub(crate) fn watch(assets: &Path, inbox: &Arc<Inbox>) -> notify::Result<RecommendedWatcher> {
    let inbox = Arc::clone(inbox);
    let notice = move |event: notify::Result<Event>| match event {
        // Only a look at everything tells what was missed.
        Err(_) => inbox.post(|mail| mail.everything = true),
        Ok(event) if event.need_rescan() => inbox.post(|mail| mail.everything = true),
        Ok(event) if changes(&event.kind) => {
            for path in event.paths {
                inbox.touch(path);
            }
        }
        Ok(_) => {}
    };
    let config = Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(notice, config)?;
    watcher.watch(assets, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// Whether something was written; files that are read, our own reading included, are not news.
fn changes(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(access) => *access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}
