//! The commands of the window. Each one translates: arguments in, one call of the façade, its answer out.
//!
//! The façade blocks, so every call runs on a thread that may; the main thread, which draws, never waits.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use wissil_session::Operation;
use wissil_session::api::{
    Added, ApiError, AppInfo, AssetInfo, BusMessage, ConnectionInfo, Deletion, Delta, DocumentInfo,
    EditResult, ErrorCode, EventRow, FindHit, JoinProgress, LinkInfo, MadeAgain, OpenedDocument,
    Peer, Person, Presence, PresenceMessage, Problem, ProjectInfo, Reach, ServerSettings,
    SessionMessage, SessionStatus, ShareInfo, Touched, VerifyReport,
};

use crate::change::Change;

use crate::state::Desktop;

type Shell<'a> = State<'a, Arc<Desktop>>;

/// Runs a call of the façade where it may block.
async fn blocking<T: Send + 'static>(
    shell: Shell<'_>,
    call: impl FnOnce(&Arc<Desktop>) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let desktop = Arc::clone(&shell);
    tauri::async_runtime::spawn_blocking(move || call(&desktop))
        .await
        .unwrap_or_else(|error| {
            Err(ApiError::with_cause(
                ErrorCode::Internal,
                "the command failed inside; what was saved before is safe",
                &error,
            ))
        })
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn app_info(shell: Shell<'_>) -> Result<AppInfo, ApiError> {
    blocking(shell, |desktop| desktop.app()?.info()).await
}

/// Closes the window and ends the program, whatever is not saved.
#[tauri::command]
#[specta::specta]
pub(crate) fn quit(app: AppHandle) {
    app.exit(0);
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_person(
    shell: Shell<'_>,
    name: String,
    color: String,
) -> Result<Person, ApiError> {
    blocking(shell, move |desktop| {
        let person = desktop.app()?.set_person(&name, &color)?;
        if let Ok(session) = desktop.session() {
            session.introduce(person.clone())?;
        }
        Ok(person)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn recent_remove(shell: Shell<'_>, path: String) -> Result<(), ApiError> {
    blocking(shell, move |desktop| desktop.app()?.recent_remove(&path)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_new(
    shell: Shell<'_>,
    name: String,
    folder: String,
) -> Result<ProjectInfo, ApiError> {
    blocking(shell, move |desktop| {
        desktop.replace(|app| app.create(&name, Path::new(&folder)))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_open(shell: Shell<'_>, path: String) -> Result<ProjectInfo, ApiError> {
    blocking(shell, move |desktop| desktop.open(Path::new(&path))).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_import(
    shell: Shell<'_>,
    file: String,
    folder: String,
) -> Result<ProjectInfo, ApiError> {
    blocking(shell, move |desktop| {
        desktop.replace(|app| app.import(Path::new(&file), Path::new(&folder)))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_sample(shell: Shell<'_>) -> Result<ProjectInfo, ApiError> {
    blocking(shell, Desktop::open_sample).await
}

/// Moves the open project to another folder, for one whose own is gone, and opens it there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_save_elsewhere(
    shell: Shell<'_>,
    folder: String,
) -> Result<ProjectInfo, ApiError> {
    blocking(shell, move |desktop| {
        desktop.save_elsewhere(Path::new(&folder))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_close(shell: Shell<'_>) -> Result<(), ApiError> {
    blocking(shell, |desktop| {
        desktop.close();
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_current(shell: Shell<'_>) -> Result<Option<ProjectInfo>, ApiError> {
    blocking(shell, |desktop| desktop.current()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_export(
    shell: Shell<'_>,
    format: String,
    file: String,
) -> Result<Vec<String>, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.export(format.parse()?, Path::new(&file))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_verify(shell: Shell<'_>) -> Result<VerifyReport, ApiError> {
    blocking(shell, |desktop| desktop.session()?.verify()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_open(
    shell: Shell<'_>,
    document: String,
    channel: Channel<Delta>,
) -> Result<OpenedDocument, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.open_document(&document, sender(channel))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_close(shell: Shell<'_>, subscription: u32) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.close_document(subscription)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_edit(
    shell: Shell<'_>,
    document: String,
    event_type: String,
    changes: Vec<Change>,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        let changes = changes.into_iter().map(Into::into).collect();
        desktop.session()?.edit(&document, &event_type, changes)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_undo(
    shell: Shell<'_>,
    document: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.undo(&document)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_redo(
    shell: Shell<'_>,
    document: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.redo(&document)).await
}

/// Takes back the gesture that an event belongs to, whatever came after it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn gesture_undo(
    shell: Shell<'_>,
    document: String,
    event: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.undo_gesture(&document, &event)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_create(
    shell: Shell<'_>,
    kind: String,
    name: String,
) -> Result<DocumentInfo, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.create_document(&kind, &name)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_rename(
    shell: Shell<'_>,
    document: String,
    name: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.rename_document(&document, &name)
    })
    .await
}

/// Gives a document another place in lists, counted from 0.
#[tauri::command]
#[specta::specta]
pub(crate) async fn document_move(
    shell: Shell<'_>,
    document: String,
    to: u32,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.move_document(&document, to)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_delete(
    shell: Shell<'_>,
    document: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.delete_document(&document)
    })
    .await
}

/// What became of a document that is not in the project any more; none where nothing is known of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn document_deletion(
    shell: Shell<'_>,
    document: String,
) -> Result<Option<Deletion>, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.deletion(&document)).await
}

/// Brings a deleted document back, whoever deleted it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn document_restore(
    shell: Shell<'_>,
    document: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.restore_document(&document)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn session_subscribe(
    shell: Shell<'_>,
    channel: Channel<SessionMessage>,
) -> Result<SessionStatus, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.subscribe(sender(channel))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn session_events(
    shell: Shell<'_>,
    before: Option<String>,
    limit: u32,
    document: Option<String>,
) -> Result<Vec<EventRow>, ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .events(before.as_deref(), limit, document.as_deref())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn event_show(shell: Shell<'_>, cid: String) -> Result<String, ApiError> {
    blocking(shell, move |desktop| {
        let event = desktop.session()?.event_json(&cid)?;
        serde_json::to_string_pretty(&event)
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn event_touched(shell: Shell<'_>, cid: String) -> Result<Vec<Touched>, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.event_touched(&cid)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn operations(shell: Shell<'_>) -> Result<Vec<Operation>, ApiError> {
    blocking(shell, |_| Ok(wissil_session::operations().to_vec())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn problems(shell: Shell<'_>) -> Result<Vec<Problem>, ApiError> {
    blocking(shell, |desktop| desktop.session()?.problems()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn find(
    shell: Shell<'_>,
    query: String,
    limit: u32,
) -> Result<Vec<FindHit>, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.find(&query, limit)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn connection_info(shell: Shell<'_>) -> Result<ConnectionInfo, ApiError> {
    blocking(shell, |desktop| desktop.session()?.connection_info()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn connection_connect(
    shell: Shell<'_>,
    server: ServerSettings,
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| desktop.session()?.connect(server)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn connection_disconnect(shell: Shell<'_>) -> Result<(), ApiError> {
    blocking(shell, |desktop| desktop.session()?.disconnect()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn hosting_start(shell: Shell<'_>, reach: Reach) -> Result<(), ApiError> {
    blocking(shell, move |desktop| desktop.session()?.host(reach)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn hosting_stop(shell: Shell<'_>) -> Result<(), ApiError> {
    blocking(shell, |desktop| desktop.session()?.stop_hosting()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn share_info(shell: Shell<'_>) -> Result<ShareInfo, ApiError> {
    blocking(shell, |desktop| desktop.session()?.share()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn link_inspect(shell: Shell<'_>, link: String) -> Result<LinkInfo, ApiError> {
    blocking(shell, move |desktop| desktop.app()?.inspect_link(&link)).await
}

/// The link this process was asked to open, once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn link_asked(shell: Shell<'_>) -> Result<Option<String>, ApiError> {
    blocking(shell, |desktop| Ok(desktop.take_link())).await
}

/// Fetches the session of a link; answers the folder of the project, which is to be opened then.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_fetch(
    shell: Shell<'_>,
    link: String,
    folder: String,
    channel: Channel<JoinProgress>,
) -> Result<PathBuf, ApiError> {
    blocking(shell, move |desktop| {
        desktop.fetch_shared(&link, Path::new(&folder), sender(channel))
    })
    .await
}

/// Has the session of a link, which is on this machine and goes to another server, go to the link's, and opens it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_move(shell: Shell<'_>, link: String) -> Result<ProjectInfo, ApiError> {
    blocking(shell, move |desktop| {
        desktop.replace(|app| app.open(&app.move_to_link(&link)?))
    })
    .await
}

/// Makes work that was set aside again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_aside_make_again(shell: Shell<'_>) -> Result<MadeAgain, ApiError> {
    blocking(shell, |desktop| desktop.session()?.make_again()).await
}

/// Leaves work that was set aside.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_aside_leave(shell: Shell<'_>) -> Result<(), ApiError> {
    blocking(shell, |desktop| desktop.session()?.leave_aside()).await
}

/// Ends that; nothing is left behind when it answers.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_fetch_cancel(shell: Shell<'_>) -> Result<(), ApiError> {
    blocking(shell, |desktop| {
        desktop.cancel_fetching();
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn presence_subscribe(
    shell: Shell<'_>,
    channel: Channel<PresenceMessage>,
) -> Result<Vec<Peer>, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.follow_presence(sender(channel))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn presence_set(shell: Shell<'_>, presence: Presence) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.show_presence(presence)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bus_subscribe(
    shell: Shell<'_>,
    pattern: String,
    channel: Channel<BusMessage>,
) -> Result<u32, ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .follow_messages(&pattern, sender(channel))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bus_unsubscribe(shell: Shell<'_>, subscription: u32) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.unfollow_messages(subscription)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bus_publish(
    shell: Shell<'_>,
    resource: String,
    action: String,
    payload: serde_json::Value,
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.send_message(&resource, &action, payload)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn assets(shell: Shell<'_>) -> Result<Vec<AssetInfo>, ApiError> {
    blocking(shell, |desktop| desktop.session()?.assets()).await
}

/// Begins an upload of files into a folder below `assets/`, or into `assets/` itself when that is empty.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_begin(shell: Shell<'_>, into: String) -> Result<u32, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.begin_upload(&into)).await
}

/// Reads files that stand on this disk into an upload. The channel carries how much of them is read, in percent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_from_disk(
    shell: Shell<'_>,
    upload: u32,
    paths: Vec<PathBuf>,
    channel: Channel<u32>,
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .upload_from_disk(upload, &paths, sender(channel))
    })
    .await
}

/// Begins the next file of an upload that the page has and whose path nobody knows; whether it is wanted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_file(
    shell: Shell<'_>,
    upload: u32,
    path: String,
) -> Result<bool, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.upload_file(upload, &path)
    })
    .await
}

/// Takes the next bytes of that file, in base64.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_piece(
    shell: Shell<'_>,
    upload: u32,
    bytes: String,
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        let bytes = STANDARD.decode(bytes).map_err(|error| {
            ApiError::with_cause(ErrorCode::Invalid, "a piece of a file is no base64", &error)
        })?;
        desktop.session()?.upload_piece(upload, &bytes)
    })
    .await
}

/// Adds the files of an upload to the project.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_finish(shell: Shell<'_>, upload: u32) -> Result<Added, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.finish_upload(upload)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_cancel(shell: Shell<'_>, upload: u32) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.cancel_upload(upload);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn asset_rename(
    shell: Shell<'_>,
    asset: String,
    path: String,
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.rename_asset(&asset, &path)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn asset_delete(shell: Shell<'_>, asset: String) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.delete_asset(&asset)
    })
    .await
}

/// Has a file that is not here fetched before others.
#[tauri::command]
#[specta::specta]
pub(crate) async fn asset_want(shell: Shell<'_>, asset: String) -> Result<(), ApiError> {
    blocking(shell, move |desktop| desktop.session()?.want_asset(&asset)).await
}

/// A small PNG of a file, as a data URL; none when there is none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn asset_thumbnail(
    shell: Shell<'_>,
    asset: String,
) -> Result<Option<String>, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.asset_thumbnail(&asset)
    })
    .await
}

/// What the façade calls with each message of a view. A page that went away takes no more messages, and needs none:
/// the next one subscribes anew.
fn sender<T: tauri::ipc::IpcResponse + Send + 'static>(
    channel: Channel<T>,
) -> Box<dyn FnMut(T) + Send> {
    Box::new(move |message| drop(channel.send(message)))
}
