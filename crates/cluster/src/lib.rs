//! The cluster of `deploy/` on one machine, for tests: three real nodes started from exactly those files. Only what
//! `node.env.example` names differs, as addresses, ports and folders; certificates are made here.
//!
//! Everything blocks: in asynchronous tests call it where that is allowed.

#![deny(missing_docs)]

mod certificates;
mod files;
mod node;
mod report;

use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use certificates::Certificates;
pub use files::{Files, deployed};
use node::{Node, Ports};

/// What failed, in words.
pub type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// How many nodes there are.
pub const NODES: usize = 3;

/// The user that may do everything in the account of the app.
pub const ADMINISTRATOR: &str = "administrator";

/// The user that people share.
pub const PEOPLE: &str = "people";

/// The password of every user.
pub const PASSWORD: &str = "s3cret";

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked whether something has come about.
const LOOKING_TIME: Duration = Duration::from_millis(100);

/// Between finding ports free and using them, somebody else may take one.
const ATTEMPTS: usize = 3;

/// Three nodes. They end with this value, and their folder goes.
pub struct Cluster {
    nodes: Vec<Node>,
    certificates: Certificates,
    /// After the nodes, which have to end before it goes.
    _folder: TempDir,
}

impl Cluster {
    /// Starts the nodes and waits until they are one cluster that keeps messages.
    ///
    /// # Errors
    /// When there is no nats-server, or the nodes do not find together; their last words are in the error.
    pub fn start() -> Result<Self> {
        let program = program()?;
        let mut last = Err("no attempt was made".into());
        for _ in 0..ATTEMPTS {
            last = Self::try_start(&program);
            match &last {
                Err(error) if error.to_string().contains("address already in use") => {}
                _ => break,
            }
        }
        last
    }

    fn try_start(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let files = Files::copy(&folder.path().join("deploy"))?;
        let certificates = Certificates::make(&folder.path().join("certificates"), NODES)?;
        let ports = free_ports()?;
        let routes: Vec<_> = ports
            .iter()
            .map(|ports| format!("tls://localhost:{}", ports.cluster))
            .collect();
        let routes = format!("[{}]", routes.join(","));
        let mut nodes = Vec::with_capacity(NODES);
        for (at, ports) in ports.into_iter().enumerate() {
            let folder = folder.path().join(node_name(at));
            let pair = certificates.node(at);
            let node = Node::new(node_name(at), program, &files, folder, ports, &routes, pair);
            nodes.push(node);
        }
        let mut cluster = Self {
            nodes,
            certificates,
            _folder: folder,
        };
        for at in 0..NODES {
            cluster.nodes[at].start()?;
        }
        for at in 0..NODES {
            cluster.wait_until_healthy(at)?;
        }
        // A node is healthy before the one that places streams has heard of all.
        cluster.wait("the nodes to know each other", |nodes| {
            nodes.iter().any(|node| node.leads(NODES)).then_some(())
        })?;
        Ok(cluster)
    }

    /// Where clients find a node.
    #[must_use]
    pub fn url(&self, node: usize) -> String {
        format!("tls://localhost:{}", self.nodes[node].ports().client)
    }

    /// Where clients find a node through the web.
    #[must_use]
    pub fn web_url(&self, node: usize) -> String {
        format!("wss://localhost:{}", self.nodes[node].ports().web)
    }

    /// The certificate of the authority that vouches for the nodes.
    #[must_use]
    pub fn authority(&self) -> &Path {
        self.certificates.authority()
    }

    /// The certificate of an authority that vouches for none of them.
    #[must_use]
    pub fn stranger(&self) -> &Path {
        self.certificates.stranger()
    }

    /// Ends a node without any warning (SIGKILL).
    ///
    /// # Errors
    /// When it cannot be ended.
    pub fn kill(&mut self, node: usize) -> Result<()> {
        self.nodes[node].kill()
    }

    /// Forgets everything that a killed node has kept.
    ///
    /// # Errors
    /// When its folder cannot be removed.
    pub fn wipe(&mut self, node: usize) -> Result<()> {
        self.nodes[node].wipe()
    }

    /// Ends all nodes at once, as when the power goes, and takes from their disks the worst that may go with it: what is only
    /// written and not synced. Of a stream that has three copies the nodes sync what they agree on, and nothing else before
    /// they shorten that, minutes later. Then starts them again.
    ///
    /// # Errors
    /// When there was nothing to take, or they do not come back.
    pub fn lose_power(&mut self) -> Result<()> {
        for node in &mut self.nodes {
            node.kill()?;
        }
        for node in &self.nodes {
            if node.lose_messages()? == 0 {
                return Err(format!("{} kept no messages", node.name()).into());
            }
        }
        for node in &mut self.nodes {
            node.start()?;
        }
        (0..NODES).try_for_each(|node| self.wait_until_healthy(node))
    }

    /// Starts a node that was killed, and waits until it is up to date. One that hangs, and answers nobody, is started once
    /// more, as by whoever watches over servers.
    ///
    /// # Errors
    /// When it does not come back in time; its last words are in the error.
    pub fn restart(&mut self, node: usize) -> Result<()> {
        self.nodes[node].start()?;
        match self.wait_until_healthy(node) {
            Err(_) if self.nodes[node].report("healthz").is_err() => {
                self.nodes[node].kill()?;
                self.nodes[node].start()?;
                self.wait_until_healthy(node)
            }
            waited => waited,
        }
    }

    /// Which node leads a stream; waits for an election.
    ///
    /// # Errors
    /// When none does in time.
    pub fn leader(&mut self, stream: &str) -> Result<usize> {
        self.wait(&format!("a leader of {stream}"), |nodes| {
            let names = nodes.iter().filter_map(|node| node.stream(stream)?.leader);
            let leaders: Vec<_> = names.collect();
            nodes
                .iter()
                .position(|node| node.is_running() && leaders.contains(&node.name().to_owned()))
        })
    }

    /// Waits until a node itself keeps so many messages of a stream.
    ///
    /// # Errors
    /// When it does not in time.
    pub fn wait_for_messages(&mut self, node: usize, stream: &str, messages: u64) -> Result<()> {
        let what = format!("{messages} messages of {stream} on {}", node_name(node));
        self.wait(&what, |nodes| {
            let kept = nodes[node].stream(stream)?.messages;
            (kept == messages).then_some(())
        })
    }

    /// What a node says of itself at its monitoring address, as `varz`.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn report(&self, node: usize, name: &str) -> Result<serde_json::Value> {
        self.nodes[node].report(name)
    }

    fn wait_until_healthy(&mut self, node: usize) -> Result<()> {
        let what = format!("the health of {}", node_name(node));
        self.wait(&what, |nodes| {
            (nodes[node].report("healthz").ok()?["status"] == "ok").then_some(())
        })
    }

    /// Waits for something; a node that cannot start ends the wait.
    fn wait<T>(&mut self, what: &str, look: impl Fn(&[Node]) -> Option<T>) -> Result<T> {
        let begun = Instant::now();
        loop {
            for node in &mut self.nodes {
                node.check()?;
            }
            if let Some(found) = look(&self.nodes) {
                return Ok(found);
            }
            if begun.elapsed() > PATIENCE {
                let words: Vec<_> = self.nodes.iter().map(Node::last_words).collect();
                let words = words.join("\n");
                return Err(format!("waited in vain for {what}\n{words}").into());
            }
            std::thread::sleep(LOOKING_TIME);
        }
    }
}

fn node_name(at: usize) -> String {
    format!("nats-{}", at + 1)
}

/// A nats-server: found, or fetched once into the folder that `WISSIL_TOOLS` names.
///
/// # Errors
/// Saying what was tried and what to do.
pub fn program() -> Result<PathBuf> {
    let tools = std::env::var_os("WISSIL_TOOLS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools"),
        PathBuf::from,
    );
    Ok(wissil_nats::find_server(&tools)?)
}

/// Ports for all nodes, all different because they are held until all are found.
fn free_ports() -> Result<Vec<Ports>> {
    let bound = (0..NODES * 4).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let listeners: Vec<_> = bound.collect::<Result<_, _>>()?;
    let ports = listeners.iter().map(|it| Ok(it.local_addr()?.port()));
    let ports: Vec<u16> = ports.collect::<Result<_>>()?;
    let nodes = ports.chunks_exact(4).map(|ports| Ports {
        client: ports[0],
        web: ports[1],
        cluster: ports[2],
        monitor: ports[3],
    });
    Ok(nodes.collect())
}
