//! What others do now: presence and messages.

use tauri::ipc::Channel;
use wissil_session::api::{ApiError, BusMessage, Peer, Presence, PresenceMessage};

use super::{Shell, blocking};
use crate::feeds::{Bounded, Latest};

#[tauri::command]
#[specta::specta]
pub(crate) async fn presence_subscribe(
    shell: Shell<'_>,
    channel: Channel<Latest<PresenceMessage>>,
) -> Result<Vec<Peer>, ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .follow_presence(desktop.feeds.sender(channel))
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
    channel: Channel<Bounded<BusMessage>>,
) -> Result<u32, ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .follow_messages(&pattern, desktop.feeds.sender(channel))
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
