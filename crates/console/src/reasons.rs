//! Why was this refused? In the words of `docs/reasons.md`, so that there is one text.

use askama::Template;
use keyward_policy::{Fault, Reason};

/// The page of the documentation: one table row for each code.
const PAGE: &str = include_str!("../../../docs/reasons.md");

/// Why something was refused.
#[derive(Template)]
#[template(path = "reason.html")]
pub(crate) struct Why {
    code: String,
    fault: &'static str,
    happened: Vec<Piece>,
    todo: Vec<Piece>,
}

impl askama::filters::HtmlSafe for Why {}

/// A piece of a text.
pub(crate) struct Piece {
    text: String,
    is_code: bool,
}

/// What is known of a reason code; nothing of one that does not exist.
pub(crate) fn why(code: &str) -> Option<Why> {
    let reason = Reason::ALL.iter().find(|reason| reason.code() == code)?;
    let row = PAGE.lines().find_map(|line| line.strip_prefix(&format!("| `{code}` | ")))?;
    let (happened, todo) = row.trim_end_matches(" |").split_once(" | ")?;
    let fault = match reason.fault() {
        Fault::Caller => "The client can mend it.",
        Fault::Policy => "Your rules forbid it.",
        Fault::Venue => "The exchange cannot.",
        Fault::Keyward => "Keyward cannot.",
    };
    Some(Why { code: code.to_owned(), fault, happened: pieces(happened), todo: pieces(todo) })
}

/// The pieces of a text in Markdown. Links and stress become plain text.
fn pieces(markdown: &str) -> Vec<Piece> {
    let mut text = markdown.replace("**", "");
    while let Some((start, middle, end)) = link(&text) {
        let label = text[start + 1..middle].to_owned();
        text.replace_range(start..=end, &label);
    }
    let piece = |(index, text): (usize, &str)| Piece { text: text.to_owned(), is_code: index % 2 == 1 };
    let pieces = text.split('`').enumerate().map(piece);
    pieces.filter(|piece| !piece.text.is_empty()).collect()
}

/// Where the first `[label](target)` begins, where its label ends, and where it ends itself.
fn link(text: &str) -> Option<(usize, usize, usize)> {
    let middle = text.find("](")?;
    let start = text[..middle].rfind('[')?;
    let end = middle + text[middle..].find(')')?;
    Some((start, middle, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_explained() {
        for reason in Reason::ALL {
            let why = why(reason.code()).unwrap_or_else(|| panic!("{reason}"));
            assert!(!why.happened.is_empty() && !why.todo.is_empty(), "{reason}");
        }
        assert!(why("nothing").is_none());
    }

    #[test]
    fn it_is_shown_as_text_and_code() {
        let shown = why("replayed").unwrap().render().unwrap();
        assert!(shown.contains("received before"), "{shown}");
        let shown = why("http_unsound").unwrap().render().unwrap();
        assert!(shown.contains("see HTTP") && !shown.contains('['), "{shown}");
        assert!(why("key_suspended").unwrap().render().unwrap().contains("<code>keyward key resume</code>"));
    }
}
