//! What went through, hour by hour, as a small picture with the same said in words.

use askama::Template;
use keyward_control::usage::Hour;

/// How high the picture is, in its own units; an hour is ten wide.
const HEIGHT: u64 = 60;
const WIDE: usize = 10;

/// Bars of the last two days: what was allowed, and on top of it what was refused.
#[derive(Template)]
#[template(path = "chart.html")]
pub(crate) struct Chart {
    allowed: u64,
    refused: u64,
    width: usize,
    bars: Vec<Bar>,
}

impl askama::filters::HtmlSafe for Chart {}

/// The two parts of an hour's bar: where each begins, from above, and how high it is.
struct Bar {
    x: usize,
    allowed: (u64, u64),
    refused: (u64, u64),
}

impl Chart {
    pub(crate) fn of(hours: &[Hour]) -> Self {
        let most = hours.iter().map(|hour| hour.allowed + hour.refused).max().unwrap_or_default().max(1);
        // What happened at all is seen.
        let scaled = |count: u64| if count == 0 { 0 } else { (count * HEIGHT / most).max(2) };
        let bar = |(place, hour): (usize, &Hour)| {
            let (low, high) = (scaled(hour.allowed), scaled(hour.refused));
            let base = HEIGHT.saturating_sub(low);
            Bar { x: place * WIDE, allowed: (base, low), refused: (base.saturating_sub(high), high) }
        };
        Self {
            allowed: hours.iter().map(|hour| hour.allowed).sum(),
            refused: hours.iter().map(|hour| hour.refused).sum(),
            width: hours.len() * WIDE,
            bars: hours.iter().enumerate().map(bar).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.allowed + self.refused == 0
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn bars_stand_on_each_other_and_the_words_say_the_same() {
        let hour = |allowed, refused| Hour { from: Timestamp::UNIX_EPOCH, allowed, refused };
        let chart = Chart::of(&[hour(0, 0), hour(90, 10), hour(1, 0)]);
        assert_eq!((chart.allowed, chart.refused, chart.width), (91, 10, 30));
        assert_eq!((chart.bars[1].allowed, chart.bars[1].refused), ((6, 54), (0, 6)));
        assert_eq!(chart.bars[2].allowed, (58, 2), "what happened at all is seen");
        let shown = chart.render().unwrap();
        assert!(shown.contains("91 requests were let through and 10 refused"), "{shown}");
        assert!(Chart::of(&[hour(0, 0)]).render().unwrap().contains("Nothing"));
    }
}
