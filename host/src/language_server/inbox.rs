//! Messages in the order in which they came, and which of them nobody waits for any more.

use std::collections::VecDeque;
use std::io::{self, BufReader};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use lsp_server::{Message, Notification, RequestId};
use lsp_types::notification::{Cancel, Notification as _};
use lsp_types::{CancelParams, NumberOrString};
use serde_json::Value;

use super::wire::{self, Frame};

/// What there is to do.
pub(super) enum Next {
    /// Something came.
    Frame(Frame),
    /// Nothing came yet.
    Idle,
    /// Nothing will come.
    End,
}

/// The messages that came.
pub(super) struct Inbox {
    from: Receiver<Frame>,
    waiting: VecDeque<Frame>,
}

impl Inbox {
    /// What comes on standard input, read by a thread of its own: whoever writes to a server
    /// that is at work need not wait for it.
    ///
    /// # Errors
    /// If there is no thread for it.
    pub(super) fn of_stdin() -> io::Result<Self> {
        let (to, from) = channel();
        let named = thread::Builder::new().name("messages".to_owned());
        named.spawn(move || {
            let mut stdin = BufReader::new(io::stdin());
            // An error of the stream is its end: there is nobody to tell it to.
            while let Ok(Some(frame)) = wire::read(&mut stdin) {
                if to.send(frame).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self {
            from,
            waiting: VecDeque::new(),
        })
    }

    /// Waits for the next one.
    pub(super) fn wait(&mut self) -> Next {
        match self.waiting.pop_front() {
            Some(frame) => Next::Frame(frame),
            None => self.from.recv().map_or(Next::End, Next::Frame),
        }
    }

    /// The next one, if it is there.
    pub(super) fn poll(&mut self) -> Next {
        if let Some(frame) = self.waiting.pop_front() {
            return Next::Frame(frame);
        }
        match self.from.try_recv() {
            Ok(frame) => Next::Frame(frame),
            Err(TryRecvError::Empty) => Next::Idle,
            Err(TryRecvError::Disconnected) => Next::End,
        }
    }

    /// Whether a request was taken back by a message that has come already.
    pub(super) fn is_cancelled(&mut self, id: &RequestId) -> bool {
        self.gather();
        let mut cancelled = self.waiting.iter().filter_map(cancelled);
        cancelled.any(|found| found == *id)
    }

    /// Whether something has come that may make what is known now an older state.
    pub(super) fn has_more(&mut self) -> bool {
        self.gather();
        !self.waiting.is_empty()
    }

    fn gather(&mut self) {
        self.waiting.extend(self.from.try_iter());
    }
}

/// The request that a message takes back.
fn cancelled(frame: &Frame) -> Option<RequestId> {
    let Frame::Message(Message::Notification(Notification { method, params })) = frame else {
        return None;
    };
    if method != Cancel::METHOD {
        return None;
    }
    let params = serde_json::from_value::<CancelParams>(Value::clone(params)).ok()?;
    Some(match params.id {
        NumberOrString::Number(id) => id.into(),
        NumberOrString::String(id) => id.into(),
    })
}
