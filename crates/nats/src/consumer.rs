//! Consumers: a reader's place in a stream, as the server keeps it.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, Info, pull};
use async_nats::jetstream::stream::ConsumerCreateStrictErrorKind;
use serde_json::json;
use tokio::time::{self, Instant};

use crate::subjects::check_token;
use crate::{Connection, NatsError};

/// How long the server keeps a reader's place after it has gone.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(30);

/// What all our consumers have in common.
pub(crate) fn consumer_config(name: &str) -> Result<pull::Config, NatsError> {
    check_token("consumer name", name)?;
    Ok(pull::Config {
        name: Some(name.to_owned()),
        ack_policy: AckPolicy::None,
        inactive_threshold: FORGOTTEN_AFTER,
        // A reader's place is not worth keeping: it knows it itself.
        memory_storage: true,
        num_replicas: 1,
        ..pull::Config::default()
    })
}

/// Makes a consumer under a name or, where that is taken, under one of the next ones (`<name>-1` and so on).
pub(crate) async fn create_consumer(
    connection: &Connection,
    stream: &str,
    config: pull::Config,
) -> Result<Consumer<pull::Config>, NatsError> {
    let action = || format!("opening a reader of {stream}");
    let wanted = config.name.clone().unwrap_or_default();
    let mut problem = NatsError::TimedOut { action: action() };
    let begun = Instant::now();
    let mut attempt = 0;
    while begun.elapsed() < OPENING_TIME {
        let name = match attempt % NAMES {
            0 => wanted.clone(),
            again => format!("{wanted}-{again}"),
        };
        attempt += 1;
        let config = pull::Config {
            name: Some(name.clone()),
            ..config.clone()
        };
        let jetstream = connection.jetstream();
        let created = jetstream.create_consumer_strict_on_stream(config, stream);
        let question = format!("CONSUMER.CREATE.{stream}.{name}.");
        let created = time::timeout(ATTEMPT, connection.while_allowed(&question, created));
        match created.await {
            Ok(Ok(Ok(consumer))) if consumer.cached_info().delivered.consumer_sequence == 0 => {
                return Ok(consumer);
            }
            // One that stands somewhere else, from an earlier connection.
            Ok(Ok(Ok(_))) => end_consumer(connection, stream, &name).await,
            Ok(Ok(Err(cause))) => match cause.kind() {
                ConsumerCreateStrictErrorKind::AlreadyExists => {
                    end_consumer(connection, stream, &name).await;
                }
                ConsumerCreateStrictErrorKind::JetStream(answer) => {
                    problem = NatsError::from_answer(action(), answer);
                    if !problem.is_transient() {
                        return Err(problem);
                    }
                    time::sleep(BETWEEN_ATTEMPTS).await;
                }
                _ => return Err(NatsError::from_client(action(), cause)),
            },
            Ok(Err(error)) => return Err(error),
            // In a cluster a consumer stands on one node. Where that is down, neither the old one can be ended nor a new
            // one answer: another name meets another node.
            Err(_) => {}
        }
        if attempt % NAMES == 0 {
            time::sleep(BETWEEN_ATTEMPTS).await;
        }
    }
    Err(problem)
}

/// How many names a reader may use, how long each is tried, and how long all of them.
const NAMES: usize = 6;
const ATTEMPT: Duration = Duration::from_secs(2);
const OPENING_TIME: Duration = Duration::from_secs(20);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// Has the server forget a consumer that may be there, without waiting for it: whoever is to forget may be down, and
/// what is not used is forgotten by itself after [`FORGOTTEN_AFTER`].
pub(crate) async fn end_consumer(connection: &Connection, stream: &str, name: &str) {
    let question = format!("CONSUMER.DELETE.{stream}.{name}");
    connection.ask_in_passing(question).await;
}

/// Where a consumer stands now.
pub(crate) async fn consumer_info(
    connection: &Connection,
    stream: &str,
    name: &str,
) -> Result<Info, NatsError> {
    let question = format!("CONSUMER.INFO.{stream}.{name}");
    let action = format!("looking at a reader of {stream}");
    connection.ask(question, &json!({}), action).await
}
