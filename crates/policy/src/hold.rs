//! Approval holds: what a key may do only with a person's approval, and from which amount on.
//!
//! A hold names what waits (`withdraw`, `transfer`, `trade`) and may name an amount up to which it does not
//! (`trade>1000 USDT`). An amount counts only in its own asset: what is spent in another one waits, and so does
//! whatever cannot be read. Doubt does not pass.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::Verb;

/// The most holds of one grant: a few assets for each of the three things that can be held.
const HOLDS_MAX: usize = 20;
/// The longest name of an asset; the longest known have some 12 characters.
const ASSET_MAX: usize = 20;
/// What can be held, by the names that people write.
const HELD: [(Verb, &str); 3] =
    [(Verb::Withdraw, "withdraw"), (Verb::Transfer, "transfer"), (Verb::Trade, "trade")];

/// One thing that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hold {
    verb: Verb,
    /// Up to this it does not wait.
    above: Option<Amount>,
}

/// So much of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Amount {
    number: Decimal,
    asset: Box<str>,
}

/// The holds of a grant; none of them means that nothing waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Holds(Box<[Hold]>);

/// What a request would give away at the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending<'a> {
    /// Nothing: it takes an order back.
    Nothing,
    /// So much of an asset.
    AtMost(Decimal, &'a str),
    /// Nobody can say.
    Unknown,
}

/// Why a text is no hold, or why several do not go together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HoldError {
    /// It cannot be read.
    #[error("`{0}` is no hold; write withdraw, transfer or trade, or with an amount like `trade>1000 USDT`")]
    Unreadable(String),
    /// One says less than another of the same kind.
    #[error("`{0}` and another hold say two things about the same")]
    Contradicts(Hold),
    /// More than a grant may have.
    #[error("a key has at most {HOLDS_MAX} holds")]
    TooMany,
}

impl Hold {
    fn passes(&self, number: Decimal, asset: &str) -> bool {
        self.above.as_ref().is_some_and(|limit| &*limit.asset == asset && number <= limit.number)
    }

    /// Whether both are about the same, so that one of them would mean nothing.
    fn contradicts(&self, other: &Self) -> bool {
        let asset = |hold: &Self| hold.above.as_ref().map(|limit| limit.asset.clone());
        let (one, two) = (asset(self), asset(other));
        self.verb == other.verb && (one.is_none() || two.is_none() || one == two)
    }
}

impl Holds {
    /// Holds that go together, in an order of their own.
    ///
    /// # Errors
    /// Too many, or two that contradict each other.
    pub fn new(holds: impl IntoIterator<Item = Hold>) -> Result<Self, HoldError> {
        let mut all: Vec<Hold> = Vec::new();
        for hold in holds {
            if all.contains(&hold) {
                continue;
            }
            if all.len() == HOLDS_MAX {
                return Err(HoldError::TooMany);
            }
            if all.iter().any(|other| other.contradicts(&hold)) {
                return Err(HoldError::Contradicts(hold));
            }
            all.push(hold);
        }
        all.sort_by_key(ToString::to_string);
        Ok(Self(all.into()))
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &Hold> {
        self.0.iter()
    }

    /// Whether a request that needs this verb, and spends this, waits for a person.
    pub fn cover(&self, verb: Verb, spending: Spending<'_>) -> bool {
        let mut of_verb = self.0.iter().filter(|hold| hold.verb == verb).peekable();
        of_verb.peek().is_some()
            && match spending {
                Spending::Nothing => false,
                Spending::Unknown => true,
                Spending::AtMost(number, asset) => !of_verb.any(|hold| hold.passes(number, asset)),
            }
    }

    /// Whether others hold back everything that these do.
    pub fn kept_by(&self, others: &Self) -> bool {
        let kept = |hold: &Hold| {
            let mut of_verb = others.0.iter().filter(|other| other.verb == hold.verb).peekable();
            of_verb.peek().is_some()
                && of_verb.all(|other| {
                    other.above.as_ref().is_none_or(|limit| {
                        !self.cover(hold.verb, Spending::AtMost(limit.number, &limit.asset))
                    })
                })
        };
        self.0.iter().all(kept)
    }
}

impl FromStr for Hold {
    type Err = HoldError;

    fn from_str(text: &str) -> Result<Self, HoldError> {
        let (word, amount) = text.split_once('>').map_or((text, None), |(word, rest)| (word, Some(rest)));
        let verb = HELD.iter().find(|(_, name)| *name == word.trim()).map(|(verb, _)| *verb);
        let above = amount.map(|amount| self::amount(amount).ok_or(())).transpose();
        match (verb, above) {
            (Some(verb), Ok(above)) => Ok(Self { verb, above }),
            _ => Err(HoldError::Unreadable(text.chars().take(60).collect())),
        }
    }
}

/// `1000 USDT`.
fn amount(text: &str) -> Option<Amount> {
    let (number, asset) = text.trim().split_once(' ')?;
    let asset = asset.trim();
    let named = !asset.is_empty() && asset.len() <= ASSET_MAX;
    let plain = asset.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let number = Decimal::from_str_exact(number).ok().filter(|number| *number > Decimal::ZERO)?;
    (named && plain).then(|| Amount { number: number.normalize(), asset: asset.into() })
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = HELD.iter().find(|(verb, _)| *verb == self.verb).map_or("", |(_, name)| name);
        match &self.above {
            None => f.write_str(name),
            Some(Amount { number, asset }) => write!(f, "{name}>{number} {asset}"),
        }
    }
}

impl Serialize for Hold {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Holds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'de> Deserialize<'de> for Holds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::<Hold>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(texts: &[&str]) -> Holds {
        Holds::new(texts.iter().map(|text| text.parse().unwrap())).unwrap()
    }

    fn waits(texts: &[&str], verb: Verb, number: &str, asset: &str) -> bool {
        holds(texts).cover(verb, Spending::AtMost(number.parse().unwrap(), asset))
    }

    #[test]
    fn an_amount_counts_in_its_own_asset_only() {
        let up_to = ["trade>1000 USDT", "trade>0.02 BTC"];
        assert!(!waits(&up_to, Verb::Trade, "1000.00", "USDT"));
        assert!(waits(&up_to, Verb::Trade, "1000.01", "USDT"));
        assert!(!waits(&up_to, Verb::Trade, "0.02", "BTC"));
        assert!(waits(&up_to, Verb::Trade, "1", "EUR"));
        assert!(!waits(&up_to, Verb::Withdraw, "1000000", "USDT"), "no hold is about that");
        assert!(waits(&["withdraw"], Verb::Withdraw, "0.00000001", "BTC"));
    }

    #[test]
    fn what_takes_an_order_back_never_waits() {
        assert!(!holds(&["trade"]).cover(Verb::Trade, Spending::Nothing));
    }

    #[test]
    fn what_is_no_hold_or_contradicts_another_is_refused() {
        for text in [
            "",
            "read",
            "trade:spot",
            "trade>",
            "trade>1000",
            "trade>0 USDT",
            "trade>-1 USDT",
            "trade>1e3 USDT",
            "trade>1.2.3 USDT",
            "trade>1000 usdt",
            "trade>1000 USDT EUR",
            "trade>NaN USDT",
            "trade>99999999999999999999999999999999 USDT",
        ] {
            assert!(text.parse::<Hold>().is_err(), "{text}");
        }
        let all = |texts: &[&str]| Holds::new(texts.iter().map(|text| text.parse().unwrap())).err();
        assert!(matches!(all(&["trade", "trade>1 BTC"]), Some(HoldError::Contradicts(_))));
        assert!(matches!(all(&["trade>2 BTC", "trade>1 BTC"]), Some(HoldError::Contradicts(_))));
        assert_eq!(all(&["trade>1 BTC", "trade>1.0 BTC", "withdraw"]), None);
    }

    #[test]
    fn to_hold_less_is_to_allow_more() {
        let kept = |old: &[&str], new: &[&str]| holds(old).kept_by(&holds(new));
        assert!(kept(&[], &[]) && kept(&[], &["withdraw"]) && kept(&["withdraw"], &["withdraw", "trade"]));
        assert!(kept(&["trade>1000 USDT"], &["trade>900 USDT"]) && kept(&["trade>1000 USDT"], &["trade"]));
        assert!(!kept(&["withdraw"], &[]) && !kept(&["withdraw"], &["trade"]));
        assert!(!kept(&["trade>1000 USDT"], &["trade>1001 USDT"]));
        assert!(!kept(&["trade>1000 USDT"], &["trade>1000 USDT", "trade>1 BTC"]));
        assert!(!kept(&["trade"], &["trade>1 USDT"]));
    }

    fn a_hold() -> impl Strategy<Value = Hold> {
        let amount = prop_oneof![Just(None), (1u32..50, 0u32..3, "[AB]").prop_map(Some)];
        (0..HELD.len(), amount).prop_map(|(verb, amount)| Hold {
            verb: HELD[verb].0,
            above: amount.map(|(number, scale, asset)| Amount {
                number: Decimal::new(number.into(), scale).normalize(),
                asset: asset.into(),
            }),
        })
    }

    fn some_holds() -> impl Strategy<Value = Holds> {
        let all = proptest::collection::vec(a_hold(), 0..5);
        all.prop_filter_map("contradictions", |holds| Holds::new(holds).ok())
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(holds in some_holds()) {
            let text = serde_json::to_string(&holds).unwrap();
            prop_assert_eq!(serde_json::from_str::<Holds>(&text).unwrap(), holds);
        }

        #[test]
        fn more_of_the_same_never_waits_less(holds in some_holds(), verb in 0..HELD.len(), n in 1u32..60, more in 0u32..60) {
            let verb = HELD[verb].0;
            let waits = |n: u32| holds.cover(verb, Spending::AtMost(n.into(), "A"));
            prop_assert!(!waits(n) || waits(n + more));
        }

        #[test]
        fn doubt_waits_wherever_anything_does(holds in some_holds(), verb in 0..HELD.len(), n in 1u32..60) {
            let verb = HELD[verb].0;
            let known = holds.cover(verb, Spending::AtMost(n.into(), "B"));
            prop_assert!(!known || holds.cover(verb, Spending::Unknown));
            prop_assert_eq!(holds.cover(verb, Spending::Unknown), holds.cover(verb, Spending::AtMost(1.into(), "C")));
        }

        #[test]
        fn what_keeps_the_holds_lets_nothing_more_through(
            old in some_holds(), new in some_holds(), verb in 0..HELD.len(), n in 1u32..600, scale in 0u32..2, asset in "[ABC]"
        ) {
            let (verb, spent) = (HELD[verb].0, Spending::AtMost(Decimal::new(n.into(), scale), &asset));
            if old.kept_by(&new) && old.cover(verb, spent) {
                prop_assert!(new.cover(verb, spent));
            }
        }
    }
}
