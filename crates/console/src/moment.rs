//! Times as people read them: how long ago, or how long yet, with the exact time beside it.

use askama::Template;
use jiff::Timestamp;

/// A moment, as a page shows it.
#[derive(Template)]
#[template(source = r#"<time datetime="{{ iso }}" title="{{ iso }}">{{ words }}</time>"#, ext = "html")]
pub(crate) struct Moment {
    iso: String,
    words: String,
}

impl askama::filters::HtmlSafe for Moment {}

impl Moment {
    /// Shows a moment as it is seen from now.
    pub(crate) fn new(at: Timestamp, now: Timestamp) -> Self {
        let iso = at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        Self { iso, words: words(at, now) }
    }
}

/// How far a moment is away: `in 3 days`, `2 hours ago`, and a date when it is further than a hundred days.
pub(crate) fn words(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.as_second() - now.as_second();
    let away = seconds.unsigned_abs();
    let (count, unit) = match away {
        0..60 => return if seconds > 0 { "in less than a minute" } else { "just now" }.to_owned(),
        60..5_400 => (away / 60, "minute"),
        5_400..172_800 => (away / 3_600, "hour"),
        172_800..8_640_000 => (away / 86_400, "day"),
        _ => return at.strftime("%-d %b %Y").to_string(),
    };
    let several = if count == 1 { "" } else { "s" };
    if seconds > 0 { format!("in {count} {unit}{several}") } else { format!("{count} {unit}{several} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_now(seconds: i64) -> String {
        words(
            Timestamp::from_second(1_000_000_000 + seconds).unwrap(),
            Timestamp::from_second(1_000_000_000).unwrap(),
        )
    }

    #[test]
    fn a_moment_is_told_as_people_tell_it() {
        assert_eq!(from_now(0), "just now");
        assert_eq!(from_now(-61), "1 minute ago");
        assert_eq!(from_now(3 * 86_400), "in 3 days");
        assert_eq!(from_now(-7_300), "2 hours ago");
        assert_eq!(from_now(200 * 86_400), "28 Mar 2002");
    }
}
