//! The log on standard error: lines for people, or the one shape of messages.

use std::ffi::OsString;
use std::fmt;
use std::io::Write;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{FmtSpan, Writer};
use tracing_subscriber::fmt::time::uptime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::args::MessageFormat;
use super::render::{Message, Severity};
use super::terminal::colours;

/// The variable that decides, of beskid's own.
const VARIABLE: &str = "BESKID_LOG";

/// What is shown if nobody asks for more.
const USUAL: &str = "warn,cranelift_codegen=error";

/// Starts the log. `BESKID_LOG`, then `RUST_LOG`, decide what it shows, if `-v`
/// is not given. Gives what is odd about the first one.
pub(super) fn start(verbose: u8, format: MessageFormat) -> Option<Diagnostic> {
    let (asked, odd) = match verbose {
        0 => from_environment(),
        1 => (
            Some(EnvFilter::new(format!(
                "{USUAL},beskid_host=info,plugin=info"
            ))),
            None,
        ),
        2 => (
            Some(EnvFilter::new(format!(
                "{USUAL},beskid_host=debug,plugin=debug"
            ))),
            None,
        ),
        _ => (Some(EnvFilter::new("trace")), None),
    };
    let Some(asked) = asked else {
        start_usual(format);
        return odd;
    };
    // Details include how long each stage took.
    let spans = match verbose {
        0 | 1 => FmtSpan::NONE,
        _ => FmtSpan::CLOSE,
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(asked)
        .with_span_events(spans)
        // It would be told on the same stream, and end the command there.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    // Only a second log in one process could fail, and there is none.
    let _ = match format {
        MessageFormat::Human | MessageFormat::Plain => {
            log.with_ansi(colours()).with_timer(uptime()).try_init()
        }
        MessageFormat::Json => log.event_format(Messages(format)).try_init(),
    };
    odd
}

/// What the environment asks for, and E5303 if beskid's own variable is none of
/// it. `RUST_LOG` may be meant for others.
fn from_environment() -> (Option<EnvFilter>, Option<Diagnostic>) {
    let blank = |value: &OsString| value.to_str().is_some_and(|text| text.trim().is_empty());
    let own = std::env::var_os(VARIABLE).filter(|value| !blank(value));
    let parsed = own.map(|value| {
        let filter = value.to_str().map(|value| EnvFilter::try_new(value.trim()));
        filter
            .ok_or_else(|| "it is not UTF-8".to_owned())?
            .map_err(|error| error.to_string())
    });
    match parsed {
        Some(Ok(filter)) => (Some(filter), None),
        None => (EnvFilter::try_from_default_env().ok(), None),
        Some(Err(error)) => {
            let message = format!("the variable `{VARIABLE}` is no filter of the log: {error}");
            let odd = Diagnostic::new(Code::E5303, message)
                .help("write for instance `debug`, or `warn,beskid_host=info`");
            (EnvFilter::try_from_default_env().ok(), Some(odd))
        }
    }
}

/// Starts the log that nobody asked for, of warnings. It keeps nothing, where
/// others make room for every span of every thread.
fn start_usual(format: MessageFormat) {
    // Only a second log in one process could fail, and there is none.
    let _ = tracing::subscriber::set_global_default(Usual(format));
    let _ = tracing_log::LogTracer::builder()
        .with_max_level(tracing_log::log::LevelFilter::Warn)
        .init();
}

/// The filter [`USUAL`], and each event as a message.
struct Usual(MessageFormat);

impl Usual {
    fn most(target: &str) -> Level {
        match target.starts_with("cranelift_codegen") {
            true => Level::ERROR,
            false => Level::WARN,
        }
    }
}

impl Subscriber for Usual {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Self::most(metadata.target())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let text = written(event, self.0, None) + "\n";
        // Nobody is left to be told that standard error is closed.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Each event as a message, as of whoever else has something to say.
struct Messages(MessageFormat);

impl<S, N> FormatEvent<S, N> for Messages
where
    S: Subscriber + for<'l> LookupSpan<'l>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let stage = context.lookup_current().map(|span| span.name());
        writeln!(writer, "{}", written(event, self.0, stage))
    }
}

/// An event as a message; JSON says in which stage it happened.
fn written(event: &Event<'_>, format: MessageFormat, stage: Option<&str>) -> String {
    let mut fields = Fields::default();
    event.record(&mut fields);
    let severity = match *event.metadata().level() {
        Level::ERROR => Severity::Error,
        Level::WARN => Severity::Warning,
        Level::INFO => Severity::Info,
        Level::DEBUG | Level::TRACE => Severity::Debug,
    };
    let Fields {
        message,
        others: mut notes,
    } = fields;
    if format == MessageFormat::Json {
        notes.extend(stage.map(|stage| format!("stage={stage}")));
        let message = Message::new(severity, message).with_notes(&notes);
        return message.json();
    }
    // What a tool says may have many lines.
    let (first, rest) = message.split_once('\n').unwrap_or((&message, ""));
    if !rest.is_empty() {
        notes.insert(0, rest.to_owned());
    }
    let message = Message::new(severity, first).with_notes(&notes);
    message.text()
}

#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<String>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.others.push(format!("{}={value:?}", field.name()));
        }
    }
}
