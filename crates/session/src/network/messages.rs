//! Live messages: who listens to which, and how they come and go.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::select;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use wissil_dag::{ReplicaId, SessionId, UserId};
use wissil_nats::{Bus, BusCounters, BusEvent, Message, Sender};

use super::MessageListener;
use super::driver::{Driver, Endless};
use crate::api::{ApiError, BusMessage, ErrorCode, MessageCounts};
use crate::home::now;
use crate::session::Follower;

/// The live messages of a project.
pub(crate) struct Messages {
    sender: Sender,
    /// What is to be sent; whoever sends holds it.
    queue: tokio::sync::Mutex<UnboundedReceiver<BusEvent>>,
    listeners: Mutex<Listeners>,
    /// Somebody listens to something else now.
    changed: Notify,
    /// Messages of streams that were refused.
    malformed: AtomicU32,
    bus: Mutex<Option<Bus>>,
    /// What earlier connections counted.
    counted: Mutex<MessageCounts>,
}

#[derive(Default)]
struct Listeners {
    next: u32,
    list: Vec<Listening>,
}

struct Listening {
    id: u32,
    whose: Follower,
    pattern: String,
    listener: MessageListener,
}

impl Messages {
    pub(crate) fn new(sender: Sender, queue: UnboundedReceiver<BusEvent>) -> Self {
        Self {
            sender,
            queue: tokio::sync::Mutex::new(queue),
            listeners: Mutex::default(),
            changed: Notify::new(),
            malformed: AtomicU32::new(0),
            bus: Mutex::default(),
            counted: Mutex::default(),
        }
    }

    /// Follows messages whose subject fits a pattern.
    pub(crate) fn follow(
        &self,
        whose: Follower,
        pattern: &str,
        listener: MessageListener,
    ) -> Result<u32, ApiError> {
        wissil_nats::check_pattern(pattern)
            .map_err(|error| ApiError::with_cause(ErrorCode::Invalid, error.to_string(), &error))?;
        let mut listeners = lock(&self.listeners);
        listeners.next += 1;
        let id = listeners.next;
        listeners.list.push(Listening {
            id,
            whose,
            pattern: pattern.to_owned(),
            listener,
        });
        drop(listeners);
        self.changed.notify_one();
        Ok(id)
    }

    /// Ends it.
    pub(crate) fn unfollow(&self, subscription: u32) {
        lock(&self.listeners)
            .list
            .retain(|listening| listening.id != subscription);
        self.changed.notify_one();
    }

    /// Whoever followed under that name is gone.
    pub(crate) fn forget(&self, follower: Follower) {
        let list = &mut lock(&self.listeners).list;
        list.retain(|listening| listening.whose != follower);
        self.changed.notify_one();
    }

    /// Counts messages that were refused.
    pub(crate) fn malformed(&self, messages: usize) {
        let messages = u32::try_from(messages).unwrap_or(u32::MAX);
        self.malformed.fetch_add(messages, Ordering::Relaxed);
    }

    /// What was counted since the project was opened.
    pub(crate) fn counts(&self) -> MessageCounts {
        let mut counts = *lock(&self.counted);
        if let Some(bus) = &*lock(&self.bus) {
            add(&mut counts, bus.counters());
        }
        counts.malformed += self.malformed.load(Ordering::Relaxed);
        counts
    }

    fn patterns(&self) -> BTreeSet<String> {
        let listeners = lock(&self.listeners);
        listeners
            .list
            .iter()
            .map(|listening| listening.pattern.clone())
            .collect()
    }

    /// Gives a message to whoever listens with that pattern.
    fn deliver(&self, pattern: &str, message: &Message) {
        let mut listeners = lock(&self.listeners);
        for listening in &mut listeners.list {
            if listening.pattern == pattern {
                (listening.listener)(plain(message));
            }
        }
    }

    /// Gives this replica's own message to its own listeners, server or not.
    fn hear_own(&self, session: &SessionId, event: &BusEvent) {
        let Ok(message) = Message::own(session, self.sender.clone(), now(), event.clone()) else {
            return;
        };
        let mut listeners = lock(&self.listeners);
        for listening in &mut listeners.list {
            if wissil_nats::fits(&listening.pattern, &message.subject) {
                (listening.listener)(plain(&message));
            }
        }
    }

    /// As whom this replica speaks.
    pub(crate) fn sender(&self) -> Sender {
        self.sender.clone()
    }

    fn take_bus(&self, bus: Option<Bus>) {
        let before = std::mem::replace(&mut *lock(&self.bus), bus);
        if let Some(before) = before {
            add(&mut lock(&self.counted), before.counters());
        }
    }

    /// Gives own messages to own listeners while there is no server.
    pub(crate) async fn run_alone(&self, session: &SessionId) -> Infallible {
        let mut queue = self.queue.lock().await;
        while let Some(event) = queue.recv().await {
            self.hear_own(session, &event);
        }
        std::future::pending().await
    }
}

impl Driver {
    /// Sends and receives, as long as the server answers.
    pub(crate) async fn live_messages(&self) -> Endless {
        let messages = &self.messages;
        let bus = Bus::new(
            &self.connection,
            self.session.clone(),
            messages.sender.clone(),
        );
        messages.take_bus(Some(bus.clone()));
        let mut queue = messages.queue.lock().await;
        let mut patterns = BTreeSet::new();
        let mut subscriptions = JoinSet::new();
        loop {
            let wanted = messages.patterns();
            if wanted != patterns {
                // Few patterns, seldom changed: all are subscribed anew.
                subscriptions.shutdown().await;
                for pattern in &wanted {
                    let mut subscription = bus.subscribe(pattern).await?;
                    let (pattern, messages) = (pattern.clone(), std::sync::Arc::clone(messages));
                    let own = self.replica;
                    subscriptions.spawn(async move {
                        while let Some(message) = subscription.next().await {
                            if let Ok(message) = message
                                && message.sender.replica != own
                            {
                                messages.deliver(&pattern, &message);
                            }
                        }
                    });
                }
                patterns = wanted;
            }
            select! {
                () = messages.changed.notified() => {}
                event = queue.recv() => match event {
                    Some(event) => {
                        messages.hear_own(&self.session, &event);
                        // Too large, or what it is about has no name: it was heard here all the same.
                        let _ = bus.publish(event);
                    }
                    None => std::future::pending().await,
                }
            }
        }
    }
}

/// A message as shells see it.
pub(crate) fn plain(message: &Message) -> BusMessage {
    BusMessage {
        subject: message.subject.clone(),
        resource: message.event.resource().token().to_owned(),
        action: message.event.action().to_owned(),
        user: message.sender.user.to_string(),
        time: message.time as f64,
        payload: message.event.payload(),
    }
}

/// Who sends for a project.
pub(crate) fn sender(user: UserId, replica: ReplicaId) -> Sender {
    Sender { user, replica }
}

fn add(counts: &mut MessageCounts, more: BusCounters) {
    let less = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    counts.sent += less(more.sent);
    counts.received += less(more.received);
    counts.malformed += less(more.malformed);
    counts.dropped += less(more.dropped);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
