//! Working together: the server, the people, the live messages.
//!
//! A project that is open for editing has a [`Network`]. Its tasks run on a small pool of their own and reach the
//! project through the [`Bridge`](crate::bridge::Bridge), as everybody else does.

mod addresses;
mod announce;
mod audit;
mod board;
mod checkpoints;
mod control;
mod driver;
mod echoes;
mod editing;
mod exchange;
mod files;
mod incoming;
mod join;
mod link;
mod live_bus;
mod messages;
mod on_demand;
mod outgoing;
mod own;
mod people;
mod presence;
mod put_back;
mod runtime;
mod server;
mod settings;
mod signals;
pub(crate) mod standing;

use crate::api::{
    ApiError, BusMessage, ConnectionInfo, ErrorCode, JoinProgress, Member, Peer, Presence,
    PresenceMessage, Reach, ServerCertificate, ServerSettings, ShareInfo,
};
use crate::session::Session;

pub(crate) use announce::{announcements, may_announce};
pub(crate) use control::{Network, Place};
pub(crate) use exchange::Sender;
pub use live_bus::{Heard, LiveBus};
#[cfg(unix)]
pub(crate) use runtime::runtime;
pub(crate) use settings::Remembered;
pub(crate) use signals::Signals;
pub(crate) use standing::Standing;

/// Takes what others show of what they are doing.
pub type PresenceListener = Box<dyn FnMut(PresenceMessage) + Send>;
/// Takes live messages.
pub type MessageListener = Box<dyn FnMut(BusMessage) + Send>;
/// Takes how far joining has come.
pub type JoinListener = Box<dyn FnMut(JoinProgress) + Send>;

impl Session {
    /// Everything about the connection.
    pub fn connection_info(&self) -> Result<ConnectionInfo, ApiError> {
        let status = self.status()?.connection;
        self.network()?.info(status)
    }

    /// Chooses a server and connects; the session goes there from now on, also when it is opened again.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for an address or a credentials file that cannot be used. A server that does not answer
    /// is no error: the status says so, and it is tried for ever.
    pub fn connect(&self, server: ServerSettings) -> Result<(), ApiError> {
        self.network()?.connect(server)
    }

    /// Connects as the last time, if there was one. What stands in the way is shown in the status.
    pub fn reconnect(&self) -> Result<(), ApiError> {
        self.network()?.resume();
        Ok(())
    }

    /// Connects to a server, or as the last time; where the project is connected so, it stays as it is.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub fn go_online(&self, server: Option<ServerSettings>) -> Result<(), ApiError> {
        self.network()?.go_online(server)
    }

    /// As [`go_online`](Self::go_online), to the server of a link to this session.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for what is no link, or one to another session.
    pub fn go_to_link(&self, link: &str) -> Result<(), ApiError> {
        self.network()?.go_to_link(link)
    }

    /// From the next connection on: this process leaves when both sides have the same. What the server lost of others is
    /// then put back at once, and not after their owners had time to do it.
    pub fn will_not_stay(&self) -> Result<(), ApiError> {
        self.network()?.will_not_stay();
        Ok(())
    }

    /// Goes back to this disk only.
    pub fn disconnect(&self) -> Result<(), ApiError> {
        self.network()?.disconnect()
    }

    /// Runs a server beside the program, with its store inside the project, and connects to it. It ends with the
    /// program, and is started again when the project is opened again.
    ///
    /// # Errors
    /// [`ErrorCode::Unreachable`] when no server program can be had or it does not start.
    pub fn host(&self, reach: Reach) -> Result<(), ApiError> {
        self.network()?.host(reach)
    }

    /// As [`host`](Self::host); where it is hosted so, it stays as it is.
    ///
    /// # Errors
    /// As [`host`](Self::host).
    pub fn stay_hosting(&self, reach: Reach) -> Result<(), ApiError> {
        self.network()?.stay_hosting(reach)
    }

    /// Stops that server and goes back to this disk only.
    pub fn stop_hosting(&self) -> Result<(), ApiError> {
        self.network()?.stop_hosting()
    }

    /// The link and the people.
    pub fn share(&self) -> Result<ShareInfo, ApiError> {
        let network = self.network()?;
        let link = network.link(&self.info()?.name)?;
        let reach = match (network.reach(), &link) {
            (Some(Reach::Machine), _) => {
                "Programs on this machine can join with this link.".to_owned()
            }
            (Some(Reach::Network), _) => {
                "Everybody on your network who has this link can join while this window is open. What goes over the \
                 network is encrypted."
                    .to_owned()
            }
            (None, Some(link)) => {
                let server = wissil_nats::Server::try_from(&link.server)?.shown();
                match &link.server.certificate {
                    Some(ServerCertificate::File { file }) => format!(
                        "Everybody who has this link, reaches {server} and trusts the certificates of {file}, which are too \
                         long for a link, can join."
                    ),
                    _ => format!("Everybody who has this link and reaches {server} can join."),
                }
            }
            (None, None) => {
                "Host the session on this machine or connect to a server first.".to_owned()
            }
        };
        let online: Vec<String> = network
            .people
            .peers()
            .into_iter()
            .map(|peer| peer.person.id)
            .collect();
        let members = self.ask(move |actor| {
            let you = actor.person.id.clone();
            let main = actor.project.engine.main_manifest()?;
            let manifest = actor.project.engine.projection_of(&main)?;
            let joined = |id: &str| -> Vec<f64> {
                manifest.record("members", id).map_or(Vec::new(), |record| {
                    let devices = record
                        .0
                        .iter()
                        .filter(|(field, _)| field.starts_with("replicas."));
                    devices.filter_map(|(_, time)| time.as_number()).collect()
                })
            };
            Ok(actor
                .names
                .people()
                .into_iter()
                .map(|person| {
                    let devices = joined(&person.id);
                    Member {
                        devices: u32::try_from(devices.len()).unwrap_or(u32::MAX),
                        online: person.id == you || online.contains(&person.id),
                        you: person.id == you,
                        joined: devices.into_iter().reduce(f64::min),
                        person,
                    }
                })
                .collect())
        })?;
        Ok(ShareInfo {
            link: link.map(|link| link.to_text()),
            reach,
            members,
        })
    }

    /// Follows what others show; answers who is here.
    pub fn follow_presence(&self, listener: PresenceListener) -> Result<Vec<Peer>, ApiError> {
        Ok(self.network()?.people.follow(listener))
    }

    /// Shows the others what this person does. Only the latest counts; nothing waits.
    pub fn show_presence(&self, presence: Presence) -> Result<(), ApiError> {
        self.network()?.people.show(presence);
        Ok(())
    }

    /// Follows live messages whose subject fits a pattern (`slate.asset.>`), one's own included.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for a pattern outside of `slate`.
    pub fn follow_messages(
        &self,
        pattern: &str,
        listener: MessageListener,
    ) -> Result<u32, ApiError> {
        self.network()?
            .follow_messages(self.follower(), pattern, listener)
    }

    /// Ends it.
    pub fn unfollow_messages(&self, subscription: u32) -> Result<(), ApiError> {
        self.network()?.messages.unfollow(subscription);
        Ok(())
    }

    /// Sends a live message to everybody who listens now. It is not kept, and nothing waits for it.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] when there is no such message, or the payload is not what it carries.
    pub fn send_message(
        &self,
        resource: &str,
        action: &str,
        payload: serde_json::Value,
    ) -> Result<(), ApiError> {
        let event = wissil_nats::BusEvent::from_parts(resource, action, payload)
            .map_err(|problem| ApiError::new(ErrorCode::Invalid, problem))?;
        self.ask(move |actor| {
            actor.signals.say(event);
            Ok(())
        })
    }
}
