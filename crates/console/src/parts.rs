//! Small parts of pages.

use std::fmt;

use askama::Template;
use keyward_policy::OnWire;

use crate::frame::Frame;
use crate::moment::Moment;

/// How something is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tone {
    /// All is well.
    Good,
    /// Neither well nor ill.
    Plain,
    /// Somebody should look at it.
    Warn,
    /// Something is wrong.
    Bad,
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Good => "good",
            Self::Plain => "plain",
            Self::Warn => "warn",
            Self::Bad => "bad",
        })
    }
}

/// A word in a colour; the word alone says it too.
#[derive(Template)]
#[template(source = r#"<span class="badge {{ tone }}">{{ text }}</span>"#, ext = "html")]
pub(crate) struct Badge {
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

impl askama::filters::HtmlSafe for Badge {}

impl Badge {
    /// A badge.
    pub(crate) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into() }
    }
}

/// A choice among others.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

impl Choice {
    /// A choice that is called as it is.
    pub(crate) fn new(value: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        Self { label: value.clone(), is_chosen: value == chosen, value }
    }

    /// Calls it otherwise.
    pub(crate) fn called(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }
}

/// A request that had been sent when its key was stopped.
pub(crate) struct Sent {
    pub(crate) request: String,
    pub(crate) what: String,
    pub(crate) since: Moment,
}

impl Sent {
    pub(crate) fn new(sent: &OnWire, now: jiff::Timestamp) -> Self {
        Self {
            request: sent.request.to_string(),
            what: format!("{} {} on {}", sent.method, sent.path, sent.venue),
            since: Moment::new(sent.since, now),
        }
    }
}

/// What was stopped, and what could not be stopped any more.
#[derive(Template)]
#[template(path = "stopped.html")]
pub(crate) struct Stopped {
    pub(crate) frame: Frame,
    /// What was done.
    pub(crate) said: String,
    pub(crate) count: usize,
    pub(crate) sent: Vec<Sent>,
    pub(crate) back: String,
}
