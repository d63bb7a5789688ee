//! What each command does.

use std::path::Path;
use std::process::ExitCode;

use wissil_session::api::{
    ApiError, DocumentInfo, ErrorCode, FileProblem, Problem, ProjectInfo, SetAside, VerifyReport,
};
use wissil_session::{App, ExportFormat, Facade, Home, Record, Severity, new_id};

use crate::exchange::Limit;
use crate::picture::{self, Picture};
use crate::print::{Output, local_time, say};
use crate::together::{self, ServerCommand};
use crate::{Command, bus, edit as gestures};

/// Rows of history read at once.
const PAGE: u32 = 500;

/// Runs a command.
pub fn run(command: Command) -> Result<ExitCode, ApiError> {
    let app = App::new(Home::default_folder())?;
    let mut out = Output::default();
    match command {
        Command::New { dir, name } => {
            let name = name.unwrap_or_else(|| folder_name(&dir));
            summary(&app.create(&name, &dir)?.info()?, &mut out)?;
        }
        Command::Import { file, to } => import(&app, &file, &to, &mut out)?,
        Command::Add { file, to, document } => {
            let project = edit(&app, &to)?;
            add(&project, &file, document, &mut out)?;
        }
        Command::Check { path, json } => return check(&app, &path, json, &mut out),
        Command::Info { dir, json } => info(&read(&app, &dir)?, json, &mut out)?,
        Command::Log {
            dir,
            document,
            limit,
            json,
        } => log(&read(&app, &dir)?, document, limit, json, &mut out)?,
        Command::Show { dir, cid, json } => show(&read(&app, &dir)?, &cid, json, &mut out)?,
        Command::Edit {
            dir,
            document,
            event_type,
            changes,
        } => {
            let project = edit(&app, &dir)?;
            let document = document_id(&project, &document)?;
            let made = gestures::run(&project, &document, &event_type, &changes, &mut out);
            // Whoever reads gestures may wait for the next one and hold the project.
            project.close();
            made?;
        }
        Command::Undo { dir, document } => {
            let project = edit(&app, &dir)?;
            let document = named(&project, document)?;
            out.lines(&project.undo(document)?.cids)?;
        }
        Command::Redo { dir, document } => {
            let project = edit(&app, &dir)?;
            let document = named(&project, document)?;
            out.lines(&project.redo(document)?.cids)?;
        }
        Command::Diff { dir, a, b, json } => diff(&read(&app, &dir)?, a, b, json, &mut out)?,
        Command::Verify { dir, mend, json } => {
            let report = match mend {
                true => {
                    let session = app.open(&dir)?;
                    notices(&session.info()?);
                    session.verify()?
                }
                false => app.verify(&dir)?,
            };
            return verified(&report, json, &mut out);
        }
        Command::SetAside {
            dir,
            again,
            leave,
            json,
        } => set_aside(&app, &dir, (again, leave, json), &mut out)?,
        Command::Join {
            link,
            dir,
            timeout,
            moves,
        } => {
            let limit = timeout.map(Limit::seconds);
            let (project, code) = together::join(&app, &link, dir, moves, limit)?;
            summary(&project.info()?, &mut out)?;
            return Ok(code);
        }
        Command::Sync {
            dir,
            server,
            stay,
            timeout,
        } => {
            let limit = timeout.map(Limit::seconds);
            let server = server.map(Into::into);
            return together::sync(&edit(&app, &dir)?, server, stay, limit, &mut out);
        }
        Command::Host { dir, network } => {
            together::host(&edit(&app, &dir)?, network, &mut out)?;
        }
        Command::Bus(command) => bus::run(&app, command, &mut out)?,
        Command::Server(ServerCommand::Init { server, cluster }) => {
            together::init(&app, server.into(), cluster, &mut out)?;
        }
        Command::Picture {
            dir,
            camera,
            size,
            file,
        } => {
            return picture::take(&Picture {
                dir: &dir,
                camera: camera.as_deref(),
                size: &size,
                file: &file,
            });
        }
        Command::Export {
            dir,
            car,
            json,
            glb: _,
            file,
        } => {
            let format = match (car, json) {
                (true, _) => ExportFormat::Car,
                (_, true) => ExportFormat::Json,
                _ => ExportFormat::Glb,
            };
            // Whoever asks for a file writes it, with what it may and from where it stands.
            let session = app.inspect(&dir)?;
            notices(&session.info()?);
            for note in session.export(format, &file)? {
                say(&format!("note: {note}"));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn folder_name(dir: &Path) -> String {
    std::path::absolute(dir)
        .ok()
        .and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "Project".into())
}

/// The id of the document that was named, if one was.
fn named(project: &Facade, wanted: Option<String>) -> Result<Option<String>, ApiError> {
    let id = wanted.map(|wanted| document_id(project, &wanted));
    id.transpose()
}

/// A document by id, or by the name of one document only.
fn document_id(project: &Facade, wanted: &str) -> Result<String, ApiError> {
    let documents = project.info()?.documents;
    if wanted == "manifest" || documents.iter().any(|document| document.id == wanted) {
        return Ok(wanted.to_owned());
    }
    let named: Vec<_> = documents
        .iter()
        .filter(|document| document.name == wanted)
        .collect();
    match named.as_slice() {
        [document] => Ok(document.id.clone()),
        [] => Err(ApiError::new(
            ErrorCode::NotFound,
            format!(
                "there is no document `{wanted}`; there are {}",
                documents
                    .iter()
                    .map(|document| format!("{} ({})", document.name, document.id))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        )),
        _ => Err(ApiError::new(
            ErrorCode::Invalid,
            format!("several documents are called `{wanted}`; name one by its id"),
        )),
    }
}

fn summary(info: &ProjectInfo, out: &mut Output) -> Result<(), ApiError> {
    out.line(&format!("{} in {}", info.name, info.path))?;
    for document in &info.documents {
        out.line(&format!("  {}  {}", document.kind, document.name))?;
    }
    notices(info);
    Ok(())
}

/// Reaches a project to edit it, wherever it is open, and says what a person should know of it.
fn edit(app: &App, dir: &Path) -> Result<Facade, ApiError> {
    let project = app.work(dir)?;
    notices(&project.info()?);
    Ok(project)
}

/// Reaches a project to read it, wherever it is open, and says what a person should know of it.
fn read(app: &App, dir: &Path) -> Result<Facade, ApiError> {
    let project = app.look(dir)?;
    notices(&project.info()?);
    Ok(project)
}

/// Says what a person should know of a project, where it disturbs no program that reads.
fn notices(info: &ProjectInfo) {
    for notice in &info.notices {
        say(&format!("note: {notice}"));
    }
    if let Some(set_aside) = &info.set_aside {
        say(&format!("note: {}", set_aside_in_words(set_aside)));
    }
}

/// Makes a project of a file, and says what a person should know of how it was read.
fn import(app: &App, file: &Path, to: &Path, out: &mut Output) -> Result<(), ApiError> {
    let session = app.import(file, to)?;
    let info = session.info()?;
    summary(&info, out)?;
    let documents = info.documents;
    // To look for them folds every document.
    if wissil_session::is_history(file) {
        for problem in session.missing_objects()? {
            say(&in_words(&problem, &documents));
        }
    }
    let notes = session.import_notes()?;
    for note in &notes {
        say(&format!("{}: {}", severity(note.severity), note.message));
    }
    if !notes.is_empty() {
        say("the project keeps these notes; `wissil check` and its Problems list them");
    }
    Ok(())
}

/// Adds a file's content to a scene.
fn add(
    project: &Facade,
    file: &Path,
    document: Option<String>,
    out: &mut Output,
) -> Result<(), ApiError> {
    let documents = project.info()?.documents;
    let scenes: Vec<_> = documents.iter().filter(|it| it.kind == "scene").collect();
    let scene = match (document, scenes.as_slice()) {
        (Some(document), _) => document_id(project, &document)?,
        (None, [scene]) => scene.id.clone(),
        (None, []) => {
            return Err(ApiError::new(
                ErrorCode::NotFound,
                "the project has no scene to add the file to",
            ));
        }
        (None, _) => {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                "the project has several scenes; name one with --document",
            ));
        }
    };
    // Whoever has the project open may run in another folder.
    let file = std::path::absolute(file).map_err(|error| ApiError::io("found", file, &error))?;
    let added = project.add_file(scene, file, new_id()?, Record::new())?;
    out.lines(&added.cids)?;
    for note in &added.notes {
        say(note);
    }
    if !added.notes.is_empty() {
        say("the project keeps these notes; `wissil check` and its Problems list them");
    }
    Ok(())
}

/// Lists what is wrong in a project or in a file. The answer is 1 when something is.
fn check(app: &App, path: &Path, json: bool, out: &mut Output) -> Result<ExitCode, ApiError> {
    let is_project = wissil_session::is_project(path);
    if !is_project && path.is_dir() {
        return Err(wissil_session::no_project(path));
    }
    let mut lines = Vec::new();
    let mut severities = Vec::new();
    let mut values = Vec::new();
    if is_project {
        let project = read(app, path)?;
        let documents = project.info()?.documents;
        for problem in project.problems()? {
            lines.push(in_words(&problem, &documents));
            severities.push(problem.severity);
            values.push(serde_json::json!(problem));
        }
        say("what is stored was not read through for damage; `wissil verify` does that");
    } else {
        let found = match wissil_session::check_file(path) {
            // What keeps a file from being read is what is wrong in it.
            Err(error) if error.code == ErrorCode::Import => vec![FileProblem {
                place: String::new(),
                severity: Severity::Error,
                message: error.message,
            }],
            found => found?,
        };
        for problem in found {
            let place = match problem.place.as_str() {
                "" => String::new(),
                place => format!("{place}: "),
            };
            let severity = severity(problem.severity);
            lines.push(format!("{severity}: {place}{}", problem.message));
            severities.push(problem.severity);
            values.push(serde_json::json!(problem));
        }
    }
    let problems = severities
        .iter()
        .filter(|severity| **severity != Severity::Info)
        .count();
    if json {
        out.json(&values)?;
    } else {
        out.lines(&lines)?;
        let notes = severities.len() - problems;
        out.line(&format!(
            "{}, {}",
            counted(problems, "problem"),
            counted(notes, "note")
        ))?;
    }
    Ok(ExitCode::from(u8::from(problems > 0)))
}

fn in_words(problem: &Problem, documents: &[DocumentInfo]) -> String {
    let document = documents.iter().find(|it| it.id == problem.document);
    let name = document.map_or("the project", |it| it.name.as_str());
    let severity = severity(problem.severity);
    format!("{severity}: {name}: {}", problem.message)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

fn set_aside_in_words(set_aside: &SetAside) -> String {
    format!(
        "{} made on this machine while it was set back {} set aside, in {}; `wissil set-aside` shows them and makes them again",
        match set_aside.changes {
            1 => "1 change".to_owned(),
            changes => format!("{changes} changes"),
        },
        if set_aside.changes == 1 { "is" } else { "are" },
        set_aside.documents.join(", "),
    )
}

/// Shows what was set aside, and does with it what is asked.
fn set_aside(
    app: &App,
    dir: &Path,
    (again, leave, json): (bool, bool, bool),
    out: &mut Output,
) -> Result<(), ApiError> {
    let project = match again || leave {
        true => app.work(dir)?,
        false => app.look(dir)?,
    };
    let info = project.info()?;
    for notice in &info.notices {
        eprintln!("note: {notice}");
    }
    let set_aside = info.set_aside;
    if again {
        let made = project.make_again()?;
        for refused in &made.refused {
            say(&format!("note: not made again: {refused}"));
        }
        return match json {
            true => out.json(&made),
            false => out.line(&format!("{} made again", made.made)),
        };
    }
    if leave {
        project.leave_aside()?;
    }
    if json {
        return out.json(&set_aside);
    }
    let Some(set_aside) = set_aside else {
        return out.line("nothing is set aside");
    };
    out.lines(&set_aside.words)?;
    let named = set_aside.words.len();
    let further = (set_aside.changes as usize).saturating_sub(named);
    if further > 0 {
        out.line(&format!("and {further} more"))?;
    }
    if leave {
        return out.line("left; the files stay in .wissil/set-aside");
    }
    out.line("--again makes them again on the project as it is now, --leave leaves them")
}

fn info(project: &Facade, json: bool, out: &mut Output) -> Result<(), ApiError> {
    let (info, status, logs) = (project.info()?, project.status()?, project.logs()?);
    let documents = project.inventory()?;
    if json {
        return out.json(&serde_json::json!({
            "session": info.session,
            "name": info.name,
            "path": info.path,
            "branch": info.branch,
            "events": number(&status.events),
            "outbox": number(&status.outbox),
            "pending": number(&status.pending),
            "quarantined": number(&status.quarantined),
            "people": status.people,
            "branches": branches(&logs),
            "documents": documents.iter().map(|document| serde_json::json!({
                "id": document.id,
                "kind": document.kind,
                "name": document.name,
                "counts": document.counts,
                "heads": logs.iter()
                    .filter(|log| log.document == document.id && log.branch == info.branch)
                    .flat_map(|log| &log.heads)
                    .collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "logs": logs,
        }));
    }
    out.line(&info.name)?;
    out.line(&format!("  folder    {}", info.path))?;
    out.line(&format!("  session   {}", info.session))?;
    out.line(&format!("  branches  {}", branches(&logs).join(", ")))?;
    out.line(&format!(
        "  events    {} ({} wait for a server)",
        status.events, status.outbox
    ))?;
    if status.pending != "0" || status.quarantined != "0" {
        out.line(&format!(
            "            {} wait for others, {} were refused",
            status.pending, status.quarantined
        ))?;
        if let Some(problem) = &status.connection.problem {
            out.line(&format!("            {problem}"))?;
        }
    }
    for document in &documents {
        out.line("")?;
        out.line(&format!(
            "{}  {}  {}",
            document.kind, document.name, document.id
        ))?;
        let counts: Vec<String> = document
            .counts
            .iter()
            .map(|(collection, count)| format!("{count} {collection}"))
            .collect();
        if !counts.is_empty() {
            out.line(&format!("  {}", counts.join(", ")))?;
        }
        for log in logs.iter().filter(|log| log.document == document.id) {
            out.line(&format!(
                "  {} events on {}, heads {}",
                log.events,
                log.branch,
                log.heads.join(" ")
            ))?;
        }
    }
    Ok(())
}

fn number(text: &str) -> serde_json::Value {
    text.parse::<u64>()
        .map_or(serde_json::Value::Null, Into::into)
}

fn branches(logs: &[wissil_session::api::LogInfo]) -> Vec<&str> {
    let mut branches: Vec<&str> = logs.iter().map(|log| log.branch.as_str()).collect();
    branches.sort_unstable();
    branches.dedup();
    branches
}

fn log(
    project: &Facade,
    document: Option<String>,
    limit: u64,
    json: bool,
    out: &mut Output,
) -> Result<(), ApiError> {
    let document = named(project, document)?;
    let mut before: Option<String> = None;
    let mut left = limit;
    while left > 0 {
        let page = u32::try_from(left).unwrap_or(u32::MAX).min(PAGE);
        let rows = project.events(before, page, document.clone())?;
        let Some(last) = rows.last() else { break };
        before = Some(last.position.clone());
        left -= rows.len() as u64;
        for row in &rows {
            if json {
                out.json(row)?;
            } else {
                out.line(&format!(
                    "{}  {} {}  ({})",
                    local_time(row.time),
                    row.person.name,
                    row.words,
                    row.document_name
                ))?;
                out.line(&format!("  {}", row.cid))?;
            }
        }
    }
    Ok(())
}

fn show(project: &Facade, cid: &str, json: bool, out: &mut Output) -> Result<(), ApiError> {
    let event = project.event_json(cid.to_owned())?;
    if json {
        return out.json(&event);
    }
    let row = project.event(cid.to_owned())?;
    out.line(&format!("event     {cid}"))?;
    out.line(&format!("what      {} ({})", row.words, row.event_type))?;
    out.line(&format!(
        "who       {} ({})",
        row.person.name, row.person.id
    ))?;
    out.line(&format!("when      {}", local_time(row.time)))?;
    out.line(&format!(
        "document  {} ({})",
        row.document_name, row.document
    ))?;
    let payload = serde_json::to_string_pretty(&event.event.payload)
        .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    payload.lines().try_for_each(|line| out.line(line))
}

fn diff(
    project: &Facade,
    a: String,
    b: String,
    json: bool,
    out: &mut Output,
) -> Result<(), ApiError> {
    let differences = project.diff(a, b)?;
    if json {
        let changes: Vec<_> = differences.iter().map(|found| &found.change).collect();
        return out.json(&changes);
    }
    for difference in &differences {
        out.line(&difference.words)?;
    }
    if differences.is_empty() {
        out.line("no differences")?;
    }
    Ok(())
}

fn verified(report: &VerifyReport, json: bool, out: &mut Output) -> Result<ExitCode, ApiError> {
    if json {
        out.json(report)?;
    } else {
        for damage in &report.damages {
            out.line(&format!("{}: {}", damage.what, damage.problem))?;
        }
        let verdict = if report.sound { "sound" } else { "damaged" };
        out.line(&format!(
            "{verdict}: {} events and {} objects checked, {} damaged",
            report.events,
            report.objects,
            report.damages.len()
        ))?;
    }
    Ok(ExitCode::from(u8::from(!report.sound)))
}
