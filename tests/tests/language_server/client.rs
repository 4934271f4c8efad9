//! An editor: it starts the server, speaks with it, and waits no longer than a minute.

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use beskid_tests::command::beskid;
use serde_json::{Value, json};

/// Longest that an answer may take, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// An editor with its server.
pub struct Client {
    child: Child,
    to: Option<ChildStdin>,
    from: Receiver<Value>,
    /// Messages that came before those that were waited for.
    early: VecDeque<Value>,
    last: i64,
    version: i64,
}

/// A folder with files, and what there is in them to ask about.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().unwrap().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn uri(&self, name: &str) -> String {
        uri(&self.path(name))
    }
}

/// The URI of a path without odd letters.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The place of the n-th occurrence of something in a text, counted from 0.
#[track_caller]
pub fn place(text: &str, of: &str, nth: usize) -> Value {
    let mut found = text.match_indices(of);
    let (at, _) = found
        .nth(nth)
        .unwrap_or_else(|| panic!("no `{of}` in {text}"));
    let line = text[..at].matches('\n').count();
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let character = text[start..at].encode_utf16().count();
    json!({ "line": line, "character": character })
}

impl Client {
    /// Starts a server in a folder, and nothing more.
    pub fn start(folder: &Path) -> Self {
        let mut command = beskid(folder);
        command
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        command.stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let (sender, from) = channel();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            while let Some(message) = read(&mut out) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self {
            to: child.stdin.take(),
            child,
            from,
            early: VecDeque::new(),
            last: 0,
            version: 0,
        }
    }

    /// Starts a server that is ready, for the files of a folder.
    pub fn ready(folder: &Folder) -> Self {
        let mut client = Self::start(folder.0.path());
        client.initialize(Some(&folder.uri("")));
        client
    }

    /// Says hello; gives the server's answer.
    pub fn initialize(&mut self, root: Option<&str>) -> Value {
        let folders = root.map(|uri| json!([{ "uri": uri, "name": "root" }]));
        let params = json!({
            "processId": null,
            "rootUri": null,
            "capabilities": {},
            "workspaceFolders": folders,
        });
        let answer = self.ask("initialize", params).unwrap();
        self.tell("initialized", json!({}));
        answer
    }

    /// Writes bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        let to = self.to.as_mut().unwrap();
        to.write_all(bytes).unwrap();
        to.flush().unwrap();
    }

    pub fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let framed = format!("Content-Length: {}\r\n\r\n{text}", text.len());
        self.raw(framed.as_bytes());
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request; gives its id.
    pub fn request(&mut self, method: &str, params: Value) -> i64 {
        self.last += 1;
        let id = self.last;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The answer to a request, or its error.
    pub fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let found = self.wait(|message| message["id"] == id && message.get("method").is_none());
        match found.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(found["result"].clone()),
        }
    }

    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.request(method, params);
        self.answer(id)
    }

    /// Asks about a place in a document.
    pub fn ask_at(&mut self, method: &str, uri: &str, position: &Value) -> Value {
        let params = json!({ "textDocument": { "uri": uri }, "position": position });
        self.ask(method, params).unwrap()
    }

    /// The first message of some kind, whether it came already or will come.
    #[track_caller]
    pub fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.early.iter().position(&wanted) {
            return self.early.remove(at).unwrap();
        }
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.from.recv_timeout(left) {
                Ok(message) if wanted(&message) => return message,
                Ok(message) => self.early.push_back(message),
                Err(RecvTimeoutError::Timeout) => panic!("no answer: {:#?}", self.early),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended: {:#?}", self.early),
            }
        }
    }

    pub fn open(&mut self, uri: &str, text: &str) {
        self.version += 1;
        let language = match uri.ends_with(".proj") {
            true => "beskid-project",
            false => "beskid",
        };
        let document = json!({
            "uri": uri, "languageId": language, "version": self.version, "text": text,
        });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub fn change(&mut self, uri: &str, text: &str) {
        self.version += 1;
        let params = json!({
            "textDocument": { "uri": uri, "version": self.version },
            "contentChanges": [{ "text": text }],
        });
        self.tell("textDocument/didChange", params);
    }

    /// What is told of the text that was sent last.
    pub fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        let version = self.version;
        let told = self.wait(|message| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"] == version
        });
        told["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// What is told of a file that is not open.
    pub fn closed_diagnostics(&mut self, uri: &str) -> Vec<Value> {
        let told = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"].is_null()
        });
        told["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// Every message that came and was not waited for, once the server has done all so far.
    pub fn all(&mut self) -> Vec<Value> {
        let _ = self.ask("textDocument/nothing", json!({}));
        self.early.drain(..).collect()
    }

    /// Says goodbye; gives the exit status.
    pub fn stop(mut self) -> Option<i32> {
        assert_eq!(self.ask("shutdown", Value::Null), Ok(Value::Null));
        self.tell("exit", Value::Null);
        self.status()
    }

    /// Closes the connection; gives the exit status.
    pub fn status(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the server does not end");
    }

    /// Closes the server's input.
    pub fn hang_up(&mut self) {
        self.to = None;
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(from: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.parse::<usize>().ok();
        }
    }
    let mut bytes = vec![0; length?];
    from.read_exact(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}
