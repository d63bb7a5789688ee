//! One node: a process with an environment.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::certificates::Pair;
use crate::files::Files;
use crate::{Result, report};

/// Where a node listens on this machine.
#[derive(Clone, Copy)]
pub(crate) struct Ports {
    pub client: u16,
    pub web: u16,
    pub cluster: u16,
    pub monitor: u16,
}

/// A node, running or not.
pub(crate) struct Node {
    name: String,
    program: PathBuf,
    configuration: PathBuf,
    folder: PathBuf,
    ports: Ports,
    environment: Vec<(&'static str, String)>,
    process: Option<Child>,
}

/// What a node itself has of a stream.
pub(crate) struct Kept {
    pub leader: Option<String>,
    pub messages: u64,
}

impl Node {
    pub fn new(
        name: String,
        program: &Path,
        files: &Files,
        folder: PathBuf,
        ports: Ports,
        routes: &str,
        pair: Pair,
    ) -> Self {
        let text = |path: &Path| path.display().to_string();
        let environment = vec![
            ("NODE_NAME", name.clone()),
            ("NODE_ADDRESS", "127.0.0.1".to_owned()),
            ("NODE_PORT", ports.client.to_string()),
            ("NODE_WEB_PORT", ports.web.to_string()),
            ("NODE_CLUSTER_PORT", ports.cluster.to_string()),
            ("NODE_ADVERTISE", format!("localhost:{}", ports.client)),
            ("NODE_MONITOR", format!("127.0.0.1:{}", ports.monitor)),
            ("NODE_ROUTES", routes.to_owned()),
            ("NODE_STORE", text(&folder.join("store"))),
            ("NODE_STORE_LIMIT", "2GB".to_owned()),
            ("NODE_CERTIFICATE", text(&pair.certificate)),
            ("NODE_KEY", text(&pair.key)),
            ("NODE_ROUTE_CERTIFICATE", text(&pair.certificate)),
            ("NODE_ROUTE_KEY", text(&pair.key)),
            ("NODE_ROUTE_AUTHORITY", text(&pair.authority)),
        ];
        Self {
            name,
            program: program.to_owned(),
            configuration: files.configuration(),
            folder,
            ports,
            environment,
            process: None,
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn ports(&self) -> Ports {
        self.ports
    }

    pub fn is_running(&self) -> bool {
        self.process.is_some()
    }

    pub fn start(&mut self) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_file())?;
        let process = Command::new(&self.program)
            .arg("--config")
            .arg(&self.configuration)
            .env_clear()
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        self.process = Some(process);
        Ok(())
    }

    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill()?;
            process.wait()?;
        }
        Ok(())
    }

    pub fn wipe(&self) -> Result<()> {
        Ok(fs::remove_dir_all(self.folder.join("store"))?)
    }

    /// Empties the files in which it keeps the messages of the app's streams; how many there were.
    pub fn lose_messages(&self) -> Result<usize> {
        let mut folders = vec![self.folder.join("store")];
        let mut emptied = 0;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                // What the nodes agree on stands apart, in an account of their own.
                let is_agreement = path.file_name().is_some_and(|name| name == "_js_");
                if path.is_dir() && !is_agreement {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "blk") {
                    File::options().write(true).open(path)?.set_len(0)?;
                    emptied += 1;
                }
            }
        }
        Ok(emptied)
    }

    /// A node that ended by itself could not start.
    pub fn check(&mut self) -> Result<()> {
        let Some(process) = &mut self.process else {
            return Ok(());
        };
        match process.try_wait()? {
            Some(status) => Err(format!("it ended ({status})\n{}", self.last_words()).into()),
            None => Ok(()),
        }
    }

    pub fn report(&self, name: &str) -> Result<Value> {
        report::get(self.ports.monitor, name)
    }

    /// Whether it leads a cluster of so many nodes, all of them there.
    pub fn leads(&self, nodes: usize) -> bool {
        let Ok(report) = self.report("jsz") else {
            return false;
        };
        let cluster = &report["meta_cluster"];
        let is_there = |node: &&Value| node["current"] == true && node["offline"] != true;
        cluster["leader"] == self.name
            && cluster["replicas"]
                .as_array()
                .is_some_and(|others| others.iter().filter(is_there).count() + 1 == nodes)
    }

    /// What it has of a stream, if it answers and has it.
    pub fn stream(&self, name: &str) -> Option<Kept> {
        let report = self.report("jsz?acc=WISSIL&streams=true").ok()?;
        let streams = report["account_details"][0]["stream_detail"].as_array()?;
        let stream = streams.iter().find(|stream| stream["name"] == name)?;
        Some(Kept {
            leader: stream["cluster"]["leader"].as_str().map(str::to_owned),
            messages: stream["state"]["messages"].as_u64()?,
        })
    }

    pub fn last_words(&self) -> String {
        const LINES: usize = 12;
        let log = fs::read_to_string(self.log_file()).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(LINES)..];
        let health = match self.report("healthz") {
            Ok(health) => health.to_string(),
            Err(problem) => problem.to_string(),
        };
        format!("{}: {health}\n{}", self.name, last.join("\n"))
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("nats-server.log")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It has ended already, or there is nothing more to be done about it.
        let _ = self.kill();
    }
}
