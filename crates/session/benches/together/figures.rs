//! Figures and how they are shown.

use std::fs;
use std::time::Duration;

/// A measured figure.
pub struct Row {
    pub what: String,
    pub measured: f64,
    pub unit: &'static str,
    /// What is physically possible, or what it is compared with.
    pub bound: Option<f64>,
    pub goal: &'static str,
}

impl Row {
    pub fn new(what: impl Into<String>, measured: f64, unit: &'static str) -> Self {
        Self {
            what: what.into(),
            measured,
            unit,
            bound: None,
            goal: "",
        }
    }

    pub fn beside(self, bound: f64) -> Self {
        Self {
            bound: Some(bound),
            ..self
        }
    }

    pub fn goal(self, goal: &'static str) -> Self {
        Self { goal, ..self }
    }
}

pub fn print_heading() {
    println!(
        "{:<48} {:>14} {:>12} {:>8}  goal",
        "what", "measured", "bound", "ratio"
    );
}

pub fn print_rows(rows: &[Row]) {
    for row in rows {
        let bound = row
            .bound
            .map_or(String::new(), |bound| format!("{bound:.2}"));
        let ratio = row.bound.map_or(String::new(), |bound| {
            format!("{:.2}", row.measured / bound)
        });
        println!(
            "{:<48} {:>14} {bound:>12} {ratio:>8}  {}",
            row.what,
            format!("{:.2} {}", row.measured, row.unit),
            row.goal
        );
    }
}

pub fn json(rows: &[Row]) -> String {
    let rows: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "what": row.what,
                "measured": row.measured,
                "unit": row.unit,
                "bound": row.bound,
                "goal": row.goal,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(rows))
}

pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

pub fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// In milliseconds.
pub fn percentile(figures: &mut [Duration], percent: usize) -> f64 {
    figures.sort();
    milliseconds(figures[(figures.len() - 1) * percent / 100])
}

/// How many seconds of processor time a process has used; none where the system does not say.
pub fn processor_seconds(process: u32) -> Option<f64> {
    /// `USER_HZ`, the unit of these figures on Linux.
    const TICKS: f64 = 100.0;
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before the last parenthesis may hold anything.
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}
