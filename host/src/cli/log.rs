//! The log on standard error: lines for people, or the one shape of messages.

use std::fmt;

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

/// Starts the log. `BESKID_LOG`, then `RUST_LOG`, decide what it shows, if `-v`
/// is not given.
pub(super) fn start(verbose: u8, format: MessageFormat) {
    let filter = match verbose {
        0 => EnvFilter::try_from_env("BESKID_LOG")
            .or_else(|_| EnvFilter::try_from_default_env())
            .unwrap_or_else(|_| EnvFilter::new("warn,cranelift_codegen=error")),
        1 => EnvFilter::new("warn,cranelift_codegen=error,beskid_host=info,plugin=info"),
        2 => EnvFilter::new("warn,cranelift_codegen=error,beskid_host=debug,plugin=debug"),
        _ => EnvFilter::new("trace"),
    };
    // Details include how long each stage took.
    let spans = match verbose {
        0 | 1 => FmtSpan::NONE,
        _ => FmtSpan::CLOSE,
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(spans)
        .with_writer(std::io::stderr);
    // Only a second log in one process could fail, and there is none.
    let _ = match format {
        MessageFormat::Json => log.event_format(Lines).try_init(),
        MessageFormat::Human | MessageFormat::Plain => {
            log.with_ansi(colours()).with_timer(uptime()).try_init()
        }
    };
}

/// Each event as a message of JSON.
struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
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
        if let Some(span) = context.lookup_current() {
            fields.others.push(format!("stage={}", span.name()));
        }
        let message = Message::new(severity, fields.message).with_notes(&fields.others);
        writeln!(writer, "{}", message.json())
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
