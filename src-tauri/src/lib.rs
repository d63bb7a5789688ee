//! The desktop shell: one window, its commands and channels. No logic lives here; everything is asked of
//! `wissil-session`.

#![deny(missing_docs)]

mod change;
mod commands;
mod feeds;
mod objects;
mod picture;
mod row;
mod state;

use std::io::Write as _;
use std::sync::Arc;

use specta_typescript::define;
use specta_typescript::semantic::Configuration;
use tauri::ipc::Invoke;
use tauri::utils::config::WindowConfig;
use tauri::{
    App, AppHandle, Emitter as _, Listener as _, Manager as _, RunEvent, WebviewWindowBuilder,
    WindowEvent,
};
use tauri_plugin_deep_link::DeepLinkExt as _;
use tauri_specta::{Builder, collect_commands};

use picture::Picture;
use state::{Asked, Desktop};

/// Opens the window and stays until it is closed.
///
/// The first argument of the process, if there is one, is the folder of the project to open, `--sample`, or a link to a
/// session. A project that another window has open is brought to the front there, and this process ends. `--picture` takes a
/// picture instead ([`picture`]).
///
/// # Errors
///
/// When there is no display, or the system's web view cannot be started.
pub fn run() -> tauri::Result<()> {
    match Picture::from_arguments(std::env::args_os().skip(1)) {
        None => {}
        Some(Ok(picture)) => {
            return picture::take(picture).inspect_err(|error| {
                eprintln!("nothing can be drawn here: {error}");
                std::process::exit(2);
            });
        }
        Some(Err(why)) => {
            eprintln!("{why}");
            std::process::exit(2);
        }
    }
    let asked = std::env::args_os().nth(1).map(Asked::from_argument);
    let elsewhere = asked.clone();
    let desktop = Arc::new(Desktop::new(asked));
    if elsewhere.is_some_and(|asked| desktop.is_open_elsewhere(&asked)) {
        return Ok(());
    }
    let [shown, closing, served] = std::array::from_fn(|_| Arc::clone(&desktop));
    builder(&desktop)
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .register_asynchronous_uri_scheme_protocol(objects::SCHEME, move |_, request, responder| {
            objects::answer(&served, &request, responder);
        })
        .on_window_event(move |window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event
                && closing.waits_for_page()
                && window.emit("close-asked", ()).is_ok()
            {
                // The page finishes what is being typed, and asks what is to become of the rest.
                api.prevent_close();
            }
        })
        .setup(move |app| {
            open_window(app, &shown)?;
            let handle = app.handle().clone();
            shown.set_front(Box::new(move || to_front(&handle)));
            take_links(app, &shown);
            announce(app, &shown);
            let handle = app.handle().clone();
            // As if its window was closed: a server that is hosted here ends with it.
            if let Err(error) = ctrlc::set_handler(move || handle.exit(0)) {
                eprintln!("when the system ends this program, it ends as it is: {error}");
            }
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(move |_, event| {
            if let RunEvent::Exit = event {
                desktop.cancel_fetching();
                desktop.close();
            }
        });
    Ok(())
}

/// What answers the commands of a page.
fn builder(desktop: &Arc<Desktop>) -> tauri::Builder<tauri::Wry> {
    let (described, raw) = (bindings().invoke_handler(), raw_handler());
    tauri::Builder::default()
        .manage(Arc::clone(desktop))
        .invoke_handler(move |invoke| match invoke.message.command() {
            "upload_piece" | "picture_taken" => raw(invoke),
            _ => described(invoke),
        })
}

fn open_window(app: &App, desktop: &Desktop) -> tauri::Result<()> {
    for window in &app.config().app.windows {
        let window = WindowConfig {
            // Pages get dropped files from every web view but WebKitGTK, which hides them; there the shell tells the page
            // where they stand. Elsewhere that would end the page's own dragging.
            drag_drop_enabled: cfg!(target_os = "linux"),
            ..window.clone()
        };
        WebviewWindowBuilder::from_config(app.handle(), &window)?
            // Left alone, all installations of one machine would share what their windows keep.
            .data_directory(desktop.window_folder())
            .on_document_title_changed(|window, title| {
                if let Err(error) = window.set_title(&title) {
                    eprintln!("the window keeps its title: {error}");
                }
            })
            .build()?;
    }
    Ok(())
}

/// Brings the window to the front. What the system does not allow, it does not do.
fn to_front(app: &AppHandle) {
    for window in app.webview_windows().values() {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// Says on standard output when the page shows what is open: for programs that started this one, such as to take a picture.
fn announce(app: &App, desktop: &Arc<Desktop>) {
    let desktop = Arc::clone(desktop);
    app.once_any("shown", move |_| {
        desktop.page_is_shown();
        // Whoever started this may have stopped reading.
        let _ = writeln!(std::io::stdout(), "WISSIL is on screen");
    });
}

/// Has links to sessions open here. Systems that start a process for each link give it as its first argument.
fn take_links(app: &App, desktop: &Arc<Desktop>) {
    let (handle, desktop) = (app.handle().clone(), Arc::clone(desktop));
    app.deep_link().on_open_url(move |event| {
        if let Some(link) = event.urls().first() {
            desktop.keep_link(link.to_string());
            to_front(&handle);
            if let Err(error) = handle.emit("link-asked", ()) {
                eprintln!("a link was not opened: {error}");
            }
        }
    });
    // An installation in a place of its own is somebody's experiment, and changes nothing in the system.
    #[cfg(any(target_os = "linux", windows))]
    if std::env::var_os("WISSIL_HOME").is_none()
        && let Err(error) = app.deep_link().register_all()
    {
        eprintln!("links to sessions do not open here by themselves; paste them instead: {error}");
    }
}

/// Answers calls that carry bytes: they are none of the bindings, which know JSON only.
fn raw_handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        commands::assets::upload_piece,
        commands::picture::picture_taken
    ]
}

/// The commands, as the window calls them and as their bindings describe them.
fn bindings() -> Builder<tauri::Wry> {
    // Left alone, JSON would be described with Rust's 64-bit integers, which a web page does not have.
    let json = Configuration::empty().define::<serde_json::Value>(
        |_| define("JsonValue").into(),
        None,
        None,
    );
    Builder::new()
        .semantic_types(json)
        // What is written and what is read differ only in what may be left out.
        .disable_serde_phases()
        // What documents derive is for their editors, which know it by kind.
        .typ::<wissil_session::NodeShape>()
        .commands(collect_commands![
            commands::app::app_info,
            commands::app::quit,
            commands::app::stay_open,
            commands::app::set_person,
            commands::app::recent_remove,
            commands::app::feeds_taken,
            commands::project::project_new,
            commands::project::project_open,
            commands::project::project_import,
            commands::project::project_sample,
            commands::project::project_save_elsewhere,
            commands::project::project_close,
            commands::project::project_current,
            commands::project::project_export,
            commands::project::file_exists,
            commands::project::project_verify,
            commands::documents::document_open,
            commands::documents::document_close,
            commands::documents::document_edit,
            commands::documents::next_steps,
            commands::documents::edits_end,
            commands::documents::document_undo,
            commands::documents::document_redo,
            commands::documents::gesture_undo,
            commands::documents::document_create,
            commands::documents::document_rename,
            commands::documents::document_move,
            commands::documents::document_delete,
            commands::documents::document_deletion,
            commands::documents::document_restore,
            commands::history::session_subscribe,
            commands::history::session_events,
            commands::history::event_show,
            commands::history::event_touched,
            commands::documents::operations,
            commands::documents::problems,
            commands::documents::find,
            commands::network::connection_info,
            commands::network::connection_connect,
            commands::network::connection_disconnect,
            commands::network::hosting_start,
            commands::network::hosting_stop,
            commands::network::share_info,
            commands::links::link_inspect,
            commands::links::link_asked,
            commands::links::project_fetch,
            commands::links::project_fetch_cancel,
            commands::links::project_move,
            commands::history::set_aside_make_again,
            commands::history::set_aside_leave,
            commands::live::presence_subscribe,
            commands::live::presence_set,
            commands::live::bus_subscribe,
            commands::live::bus_unsubscribe,
            commands::live::bus_publish,
            commands::scene::shape_add,
            commands::scene::file_add,
            commands::assets::assets,
            commands::assets::upload_begin,
            commands::assets::upload_from_disk,
            commands::assets::upload_file,
            commands::assets::upload_finish,
            commands::assets::upload_cancel,
            commands::assets::asset_rename,
            commands::assets::asset_delete,
            commands::assets::asset_want,
            commands::picture::picture_asked,
            commands::picture::picture_says,
            commands::picture::picture_refused,
            commands::picture::picture_failed,
        ])
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use specta_typescript::Typescript;

    const JSON: &str = "export type JsonValue = null | boolean | number | string | JsonValue[] | \
                        { [key in string]: JsonValue };\n";

    fn typescript() -> Typescript {
        Typescript::default().with_raw(JSON)
    }

    /// Written by `cargo xtask generate`.
    #[test]
    fn bindings_are_up_to_date() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings.ts");
        if std::env::var_os("UPDATE").is_some() {
            super::bindings().export(typescript(), &committed).unwrap();
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let written = folder.path().join("bindings.ts");
        super::bindings().export(typescript(), &written).unwrap();
        assert!(
            fs::read(&written).unwrap() == fs::read(&committed).unwrap_or_default(),
            "{} is not what the commands are now: run `cargo xtask generate` and commit it",
            committed.display()
        );
    }
}
