//! The log on standard error: lines for people, or the one shape of messages.

use std::ffi::OsString;
use std::fmt;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
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
    let is_asked = asked.is_some();
    // Details include how long each stage took.
    let spans = match verbose {
        0 | 1 => FmtSpan::NONE,
        _ => FmtSpan::CLOSE,
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(asked.unwrap_or_else(|| EnvFilter::new(USUAL)))
        .with_span_events(spans)
        .with_writer(std::io::stderr);
    // Only a second log in one process could fail, and there is none.
    let _ = match format {
        MessageFormat::Human | MessageFormat::Plain if is_asked => {
            log.with_ansi(colours()).with_timer(uptime()).try_init()
        }
        _ => log.event_format(Messages(format)).try_init(),
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
        if self.0 == MessageFormat::Json {
            if let Some(span) = context.lookup_current() {
                notes.push(format!("stage={}", span.name()));
            }
            let message = Message::new(severity, message).with_notes(&notes);
            return writeln!(writer, "{}", message.json());
        }
        // What a tool says may have many lines.
        let (first, rest) = message.split_once('\n').unwrap_or((&message, ""));
        if !rest.is_empty() {
            notes.insert(0, rest.to_owned());
        }
        let message = Message::new(severity, first).with_notes(&notes);
        writeln!(writer, "{}", message.text())
    }
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
