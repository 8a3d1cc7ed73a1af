//! What somebody should look at, as pages show it: the rules are `control`'s.

use keyward_control::safety::{Finding, Level, Rule};
use keyward_policy::Operation;

use crate::parts::Tone;
use crate::visitor::Visitor;

/// Something to look at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Attention {
    pub(crate) tone: Tone,
    /// What it is.
    pub(crate) what: String,
    /// What to do.
    pub(crate) advice: &'static str,
    /// Where that is done, by who may.
    pub(crate) href: Option<String>,
}

impl Attention {
    /// What was found of a key or a credential, whose page this is.
    pub(crate) fn of(finding: Finding, page: &str, visitor: &Visitor) -> Self {
        let mend = mend(finding.rule).filter(|(operation, _)| visitor.may(*operation));
        Self {
            tone: tone(finding.level),
            what: finding.what,
            advice: finding.advice,
            href: mend.map(|(_, path)| format!("{page}{path}")),
        }
    }
}

const fn tone(level: Level) -> Tone {
    match level {
        Level::Note => Tone::Plain,
        Level::Warn => Tone::Warn,
        Level::Danger => Tone::Bad,
    }
}

/// By which operation it is mended, and where below the page of what it is about.
const fn mend(rule: Rule) -> Option<(Operation, &'static str)> {
    match rule {
        Rule::WiderThanUsed => Some((Operation::KeyPropose, "/tighten")),
        Rule::Old | Rule::EndsSoon | Rule::HandedOverTwice => Some((Operation::KeyRotate, "/rotate")),
        Rule::Idle => Some((Operation::KeyRevoke, "/revoke")),
        Rule::NotChecked => Some((Operation::CredentialCheck, "/check")),
        Rule::NeverExpires => Some((Operation::KeyUpdate, "/edit")),
        Rule::Withdraws | Rule::AnyAddress | Rule::Retiring | Rule::Transfers => None,
    }
}
