//! What working together costs: sending, catching up, being seen by others, joining, a crowd.
//!
//! `cargo bench -p wissil-session --bench together -- [--only backlog,seen,join,crowd] [--sizes 10000,100000]
//! [--edits 20000] [--json FILE]`. All of it against real servers, started as a hosting window starts them; each figure
//! that has a physical bound stands beside it, measured in the same run. These servers sync every message: to put a
//! session of a million events there takes a million syncs of the disk.
#![allow(clippy::unwrap_used)]

mod backlog;
mod crowd;
mod figures;
mod join;
mod many;
mod scene;
mod seen;
mod world;
mod y_websocket;

use figures::Row;

/// What is measured unless the command line says otherwise.
struct Options {
    /// Which groups of figures.
    only: Vec<String>,
    /// The lengths of the sessions that are joined, in events.
    sizes: Vec<u64>,
    /// Single edits that are sent, seen and caught up with.
    edits: usize,
    /// The numbers of people of whom the cost is compared.
    people: Vec<usize>,
    json: Option<String>,
}

impl Options {
    fn read() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let value_of = |name: &str| {
            let at = arguments.iter().position(|argument| argument == name)?;
            arguments.get(at + 1).cloned()
        };
        let listed = |name: &str, default: &str| -> Vec<String> {
            let value = value_of(name).unwrap_or_else(|| default.into());
            value.split(',').map(str::to_owned).collect()
        };
        Self {
            only: listed("--only", "backlog,seen,join,crowd,many"),
            sizes: listed("--sizes", "10000,100000")
                .iter()
                .map(|size| size.parse().expect("--sizes takes numbers"))
                .collect(),
            edits: value_of("--edits").map_or(20_000, |edits| {
                edits.parse().expect("--edits takes a number")
            }),
            people: listed("--people", "10,30,100")
                .iter()
                .map(|number| number.parse().expect("--people takes numbers"))
                .collect(),
            json: value_of("--json"),
        }
    }
}

fn main() {
    let options = Options::read();
    let mut rows: Vec<Row> = Vec::new();
    figures::print_heading();
    for group in &options.only {
        let measured = match group.as_str() {
            "backlog" => backlog::rows(options.edits),
            "seen" => seen::rows(options.edits),
            "join" => join::rows(&options.sizes),
            "crowd" => crowd::rows(),
            "many" => many::rows(&options.people),
            other => panic!("--only takes backlog, seen, join, crowd and many, not {other}"),
        };
        figures::print_rows(&measured);
        rows.extend(measured);
    }
    if let Some(file) = &options.json {
        std::fs::write(file, figures::json(&rows)).unwrap();
        println!("written to {file}");
    }
}
