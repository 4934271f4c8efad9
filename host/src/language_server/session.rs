//! The life of a server: from `initialize` to `exit`, a message after the other.

use std::io::{self, Stdout};
use std::panic::{AssertUnwindSafe, catch_unwind};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{Exit, Initialized, Notification as _, PublishDiagnostics};
use lsp_types::request::{Initialize, Request as _, Shutdown};
use serde_json::{Value, json};

use super::answers;
use super::capabilities;
use super::inbox::{Inbox, Next};
use super::reply::{Refusal, Reply};
use super::wire::{self, Frame};
use super::workspace::{Look, Workspace};

/// Where a server is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Running,
    Stopped,
}

/// Serves an editor on standard input and output until it says `exit`, or goes. The exit
/// status is 0 if it said `shutdown` first.
///
/// # Errors
/// E4040 if the messages cannot be read or written.
pub(crate) fn serve() -> Result<u8, Diagnostic> {
    let failed = |error: io::Error| {
        let message = format!("cannot speak with the editor: {error}");
        Diagnostic::new(Code::E4040, message).help("start it from an editor, with pipes")
    };
    let mut session = Session {
        inbox: Inbox::of_stdin().map_err(failed)?,
        out: io::stdout(),
        stage: Stage::Waiting,
        workspace: Workspace::default(),
        asked: 0,
    };
    match session.run() {
        Ok(()) => Ok(u8::from(session.stage != Stage::Stopped)),
        // An editor that has gone waits for no answer.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(1),
        Err(error) => Err(failed(error)),
    }
}

struct Session {
    inbox: Inbox,
    out: Stdout,
    stage: Stage,
    workspace: Workspace,
    /// How many requests were sent to the editor.
    asked: i32,
}

impl Session {
    fn run(&mut self) -> io::Result<()> {
        loop {
            let next = match self.inbox.poll() {
                Next::Idle if self.look()? => continue,
                Next::Idle => self.inbox.wait(),
                next => next,
            };
            match next {
                Next::Frame(Frame::Message(message)) => {
                    if self.message(message)? {
                        return Ok(());
                    }
                }
                Next::Frame(Frame::Wrong(code, message)) => {
                    wire::write_wrong(&mut self.out, code, &message)?;
                }
                Next::Idle => {}
                Next::End => return Ok(()),
            }
        }
    }

    /// Looks at a program that may have changed, or tells what was found; whether there may
    /// be more to do. What is known of an older text is not told (LSP-3).
    fn look(&mut self) -> io::Result<bool> {
        if self.stage != Stage::Running {
            return Ok(false);
        }
        let workspace = &mut self.workspace;
        match guarded(|| workspace.look()) {
            Some(Look::More) => Ok(true),
            Some(Look::Known) if self.inbox.has_more() => Ok(true),
            Some(Look::Known) => {
                for params in self.workspace.news() {
                    let method = PublishDiagnostics::METHOD.to_owned();
                    self.send(Notification::new(method, params).into())?;
                }
                Ok(true)
            }
            Some(Look::Done) => Ok(false),
            None => {
                self.workspace.give_up();
                Ok(false)
            }
        }
    }

    /// Does what a message wants; whether it was the last.
    fn message(&mut self, message: Message) -> io::Result<bool> {
        match message {
            Message::Request(request) => {
                let id = request.id.clone();
                let answer = match self.request(request) {
                    Ok(value) => Response::new_ok(id, value),
                    Err(refusal) => Response::new_err(id, refusal.code, refusal.message),
                };
                self.send(answer.into())?;
            }
            Message::Notification(told) if told.method == Exit::METHOD => return Ok(true),
            Message::Notification(told) => self.notification(told)?,
            // The editor's answer to what it was asked; none of them matters.
            Message::Response(_) => {}
        }
        Ok(false)
    }

    fn request(&mut self, request: Request) -> Reply {
        let starts = request.method == Initialize::METHOD;
        match self.stage {
            Stage::Waiting if starts => {
                self.workspace.initialize(request.params)?;
                self.stage = Stage::Running;
                return Ok(json!(capabilities::introduction()));
            }
            Stage::Waiting => {
                let message = "the first request is `initialize`";
                return Err(Refusal::new(ErrorCode::ServerNotInitialized, message));
            }
            Stage::Running if starts => {
                let message = "the server is initialized already";
                return Err(Refusal::new(ErrorCode::InvalidRequest, message));
            }
            Stage::Stopped => {
                let message = "the server is shut down: only `exit` may follow";
                return Err(Refusal::new(ErrorCode::InvalidRequest, message));
            }
            Stage::Running => {}
        }
        if request.method == Shutdown::METHOD {
            self.stage = Stage::Stopped;
            return Ok(Value::Null);
        }
        if self.inbox.is_cancelled(&request.id) {
            let message = "the editor took the request back";
            return Err(Refusal::new(ErrorCode::RequestCanceled, message));
        }
        let workspace = &mut self.workspace;
        let answer = guarded(|| answers::answer(workspace, &request.method, request.params));
        answer.unwrap_or_else(|| {
            let message = format!("`{}` failed for a bug of the server", request.method);
            Err(Refusal::new(ErrorCode::InternalError, message))
        })
    }

    fn notification(&mut self, told: Notification) -> io::Result<()> {
        if self.stage != Stage::Running {
            return Ok(());
        }
        if told.method == Initialized::METHOD {
            return match self.workspace.registration() {
                Some(params) => self.ask("client/registerCapability", params),
                None => Ok(()),
            };
        }
        let workspace = &mut self.workspace;
        // One that cannot be understood has no answer by which that could be told.
        guarded(|| workspace.told(&told.method, told.params));
        Ok(())
    }

    fn ask(&mut self, method: &str, params: Value) -> io::Result<()> {
        self.asked += 1;
        let id = RequestId::from(format!("beskid-{}", self.asked));
        self.send(Request::new(id, method.to_owned(), params).into())
    }

    fn send(&mut self, message: Message) -> io::Result<()> {
        wire::write(&mut self.out, message)
    }
}

/// The result of some work; none, if a bug ends it: the editor keeps its server.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
