//! Working together: the server, the people, the live messages.

use crate::api::{
    ApiError, BusMessage, ConnectionInfo, ErrorCode, JoinProgress, LinkInfo, MessageCounts, Peer,
    Presence, PresenceMessage, Reach, ServerSettings, ShareInfo,
};
use crate::app::App;
use crate::session::Session;

/// Takes what others show of what they are doing.
pub type PresenceListener = Box<dyn FnMut(PresenceMessage) + Send>;
/// Takes live messages.
pub type MessageListener = Box<dyn FnMut(BusMessage) + Send>;
/// Takes how far joining has come.
pub type JoinListener = Box<dyn FnMut(JoinProgress) + Send>;

fn none<T>() -> Result<T, ApiError> {
    Err(ApiError::new(
        ErrorCode::Unreachable,
        "this session is on this disk only",
    ))
}

impl Session {
    /// Everything about the connection.
    pub fn connection_info(&self) -> Result<ConnectionInfo, ApiError> {
        Ok(ConnectionInfo {
            status: self.status()?.connection,
            url: None,
            login: None,
            server: None,
            hosting: None,
            messages: MessageCounts::default(),
        })
    }
    /// Chooses a server and connects; the session goes there from now on, also when it is opened again.
    pub fn connect(&self, _server: ServerSettings) -> Result<(), ApiError> {
        none()
    }
    /// Goes back to this disk only.
    pub fn disconnect(&self) -> Result<(), ApiError> {
        none()
    }
    /// Runs a server beside the program and connects to it.
    pub fn host(&self, _reach: Reach) -> Result<(), ApiError> {
        none()
    }
    /// Stops that server.
    pub fn stop_hosting(&self) -> Result<(), ApiError> {
        none()
    }
    /// The link and the people.
    pub fn share(&self) -> Result<ShareInfo, ApiError> {
        Ok(ShareInfo {
            link: None,
            reach: String::new(),
            members: Vec::new(),
        })
    }
    /// Follows what others show; answers who is here.
    pub fn follow_presence(&self, _listener: PresenceListener) -> Result<Vec<Peer>, ApiError> {
        Ok(Vec::new())
    }
    /// Shows the others what this person does. Only the latest counts; nothing waits.
    pub fn show_presence(&self, _presence: Presence) -> Result<(), ApiError> {
        Ok(())
    }
    /// Follows live messages whose subject fits a pattern (`slate.asset.>`).
    pub fn follow_messages(
        &self,
        _pattern: &str,
        _listener: MessageListener,
    ) -> Result<u32, ApiError> {
        Ok(0)
    }
    /// Ends it.
    pub fn unfollow_messages(&self, _subscription: u32) -> Result<(), ApiError> {
        Ok(())
    }
    /// Sends a live message.
    pub fn send_message(
        &self,
        _resource: &str,
        _action: &str,
        _payload: serde_json::Value,
    ) -> Result<(), ApiError> {
        none()
    }
}

impl App {
    /// What a link says.
    pub fn inspect_link(&self, _link: &str) -> Result<LinkInfo, ApiError> {
        none()
    }
    /// Joins the session of a link.
    pub fn join(
        &self,
        _link: &str,
        _folder: &std::path::Path,
        _listener: JoinListener,
    ) -> Result<Session, ApiError> {
        none()
    }
}
