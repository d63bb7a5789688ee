//! Which files the server can really give: everything in the bucket is looked at.

use std::collections::{HashMap, HashSet};

use async_nats::jetstream::object_store::ObjectInfo;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::json;
use wissil_dag::Cid;

use crate::delivery::Delivery;
use crate::objects::{Objects, digest_of, part_name, parts_of};
use crate::{Bookmark, NatsError};

/// What a bucket holds, as far as the server can give it.
struct Stock {
    /// What is said of each object, by its name.
    infos: HashMap<String, ObjectInfo>,
    /// How many of the chunks of each the server gives, by what the object calls them.
    chunks: HashMap<String, usize>,
}

impl Stock {
    /// Whether the server gives an object whole.
    fn is_whole(&self, name: &str) -> bool {
        self.infos.get(name).is_some_and(|info| {
            let chunks = self.chunks.get(&info.nuid).copied();
            !info.deleted && chunks.unwrap_or_default() == info.chunks
        })
    }

    /// The objects that have to go so that a file can be put there anew: those that are damaged, and the one that says
    /// that the file is there. None where the file is whole, or not there.
    fn damaged(&self, file: &Cid) -> Vec<String> {
        let name = file.to_string();
        let Some(info) = self.infos.get(&name) else {
            return Vec::new();
        };
        let mut damaged = match parts_of(info) {
            Some(parts) => {
                let parts = (0..parts).map(|number| part_name(file, number));
                parts.filter(|part| !self.is_whole(part)).collect()
            }
            // One object is the whole file, and says what it hashes to.
            None if info.digest != digest_of(file) => vec![name.clone()],
            None => Vec::new(),
        };
        if !damaged.is_empty() || !self.is_whole(&name) {
            damaged.retain(|part| *part != name);
            damaged.push(name);
        }
        damaged
    }
}

impl Objects {
    /// Takes away what the server cannot give whole of these files, so that whoever has them puts them there anew; which
    /// files these were. The server reads and checks everything in the bucket for it; only names and numbers travel.
    /// `consumer` is the name of the consumer that is used for it.
    ///
    /// # Errors
    /// When the server cannot be asked or does not allow it.
    pub async fn drop_damaged(
        &self,
        files: &HashSet<Cid>,
        consumer: &str,
    ) -> Result<Vec<Cid>, NatsError> {
        let stock = self.stock(consumer).await?;
        let mut dropped = Vec::new();
        for file in files {
            let damaged = stock.damaged(file);
            for name in &damaged {
                if let Some(info) = stock.infos.get(name) {
                    self.purge(&format!("C.{}", info.nuid)).await?;
                }
                // The one that says it last.
                self.purge(&format!("M.{}", URL_SAFE.encode(name))).await?;
            }
            if !damaged.is_empty() {
                dropped.push(*file);
            }
        }
        Ok(dropped)
    }

    async fn stock(&self, consumer: &str) -> Result<Stock, NatsError> {
        let mut stock = Stock {
            infos: HashMap::new(),
            chunks: HashMap::new(),
        };
        // What is said of an object is put there after its chunks.
        let filter = format!("$O.{}.M.>", self.bucket());
        let mut infos = self.delivery(&filter, consumer, false).await?;
        while infos.left() > 0 {
            for (_, info) in infos.next().await?.messages {
                // What cannot be read says nothing.
                if let Ok(info) = serde_json::from_slice::<ObjectInfo>(&info.payload) {
                    stock.infos.insert(info.name.clone(), info);
                }
            }
        }
        infos.end().await;
        let prefix = format!("$O.{}.C.", self.bucket());
        let mut chunks = self.delivery(&format!("{prefix}*"), consumer, true).await?;
        while chunks.left() > 0 {
            for (_, chunk) in chunks.next().await?.messages {
                if let Some(nuid) = chunk.subject.strip_prefix(&prefix) {
                    *stock.chunks.entry(nuid.to_owned()).or_default() += 1;
                }
            }
        }
        chunks.end().await;
        Ok(stock)
    }

    async fn delivery(
        &self,
        filter: &str,
        consumer: &str,
        headers_only: bool,
    ) -> Result<Delivery, NatsError> {
        let (stream, start) = (self.stream(), Bookmark::START);
        let filter = filter.to_owned();
        let connection = self.connection();
        Delivery::open(connection, &stream, filter, consumer, start, headers_only).await
    }

    /// Takes everything away that is at a subject of the bucket.
    async fn purge(&self, subject: &str) -> Result<(), NatsError> {
        let question = format!("STREAM.PURGE.{}", self.stream());
        let filter = format!("$O.{}.{subject}", self.bucket());
        let action = format!("taking a damaged file out of {}", self.bucket());
        let asked = json!({ "filter": filter });
        let _: serde_json::Value = self.connection().ask(question, &asked, action).await?;
        Ok(())
    }
}
