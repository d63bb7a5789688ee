//! A killed process loses nothing that was shown as saved.

use std::collections::BTreeSet;

use serde_json::Value;
use wissil_session::App;
use wissil_tests::wait::{PATIENCE, until};
use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;

/// Adds nodes one after the other, for as long as the process lives, and remembers what was acknowledged.
const BURST: &str = "
    const { invoke } = window.__TAURI_INTERNALS__;
    window.acknowledged = [];
    (async () => {
        const { documents } = await invoke('project_current');
        const document = documents.find(({ kind }) => kind === 'blueprint').id;
        for (let count = 0; ; count += 1) {
            const id = '01K' + String(count).padStart(23, '0');
            const put = { op: 'debug/log', position: { x: (count % 20) * 240, y: Math.floor(count / 20) * 160 } };
            const { cids } = await invoke('document_edit', {
                row: 4000000000, place: count, document, eventType: 'node.add', changes: [{ collection: 'nodes', id, put }],
            });
            window.acknowledged.push(...cids);
        }
    })().catch((error) => { window.failed = JSON.stringify(error) });";

fn acknowledged(window: &Window) -> BTreeSet<String> {
    let cids = window.run("return window.acknowledged", &[]);
    let cids = cids.as_array().cloned().unwrap_or_default();
    cids.iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_burst_of_edits_cut_off_by_kill_loses_nothing_acknowledged() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.click("button", "New project…");
    window.fill("textbox", "Name", "Burst");
    window.click("button", "Create project");
    Blueprint::open(&window);

    let mut saved = BTreeSet::new();
    let mut rounds = 0;
    let project = home.projects().join("Burst");
    let mut window = Some(window);
    while rounds < 3 {
        let open = window
            .take()
            .unwrap_or_else(|| Window::start(&home, Some(&project)));
        Blueprint::open(&open);
        open.run(
            BURST
                .replace("'01K'", &format!("'01K{rounds}'"))
                .replace("23", "22")
                .as_str(),
            &[],
        );
        let wanted = saved.len() + 100;
        let now = until(
            "a hundred acknowledged edits",
            PATIENCE,
            || {
                let now: BTreeSet<String> = saved.union(&acknowledged(&open)).cloned().collect();
                (now.len() >= wanted).then_some(now)
            },
            || {
                format!(
                    "{}",
                    open.run("return window.failed ?? 'still running'", &[])
                )
            },
        );
        open.kill();
        saved = now;

        let session = App::new(home.installation())
            .unwrap()
            .open(&project)
            .unwrap();
        let report = session.verify().unwrap();
        assert!(report.sound, "{report:?}");
        for cid in &saved {
            session
                .event(cid)
                .unwrap_or_else(|error| panic!("{cid} was acknowledged and is gone: {error}"));
        }
        rounds += 1;
    }
}
