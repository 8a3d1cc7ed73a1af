//! A key that somebody is about to issue, as a form holds it.

use keyward_control::operation::key::create::Create;
use keyward_control::operation::key::update::Update;
use keyward_control::operation::key::{KeyView, Rate, Unlimited};
use keyward_control::{Code, Error};
use keyward_policy::{KeyType, Permission, PermissionSet, RateLimit, Symbol, Verb};

use super::preset::Preset;
use super::rights::{bare, short};
use crate::form::Form;
use crate::then::with_query;

/// The word for a key without a rate limit.
const UNLIMITED: &str = "unlimited";
/// The type of a key that anybody may read.
const PUBLISHABLE: &str = "publishable";

/// What has been said so far. Nothing in it is secret, so it may stand in an address.
#[derive(Clone, Default)]
pub(super) struct Draft {
    pub(super) preset: String,
    pub(super) name: String,
    pub(super) project: String,
    pub(super) credentials: Vec<String>,
    pub(super) venues: Vec<String>,
    pub(super) allow: Vec<String>,
    pub(super) symbols: Vec<String>,
    pub(super) holds: Vec<String>,
    pub(super) ip: Vec<String>,
    pub(super) deny_ip: Vec<String>,
    pub(super) expires: String,
    pub(super) key_type: String,
    pub(super) public_key: String,
    pub(super) per_minute: String,
    pub(super) burst: String,
    pub(super) origins: Vec<String>,
    pub(super) address_per_minute: String,
    pub(super) address_burst: String,
    /// How long a link is good that hands the secret over; empty: it is shown.
    pub(super) hand_over: String,
}

impl Draft {
    /// What a form, or an address, says.
    pub(super) fn read(form: &Form) -> Self {
        Self {
            preset: form.text_or_empty("preset"),
            name: form.text_or_empty("name"),
            project: form.text_or_empty("project"),
            credentials: form.texts("credential"),
            venues: form.texts("venue"),
            allow: form.texts("allow"),
            symbols: form.words("symbols"),
            holds: form.lines("holds"),
            ip: form.words("ip"),
            deny_ip: form.words("deny_ip"),
            expires: form.text_or_empty("expires"),
            key_type: form.text_or_empty("type"),
            public_key: form.text_or_empty("public_key"),
            per_minute: form.text_or_empty("per_minute"),
            burst: form.text_or_empty("burst"),
            origins: form.words("origins"),
            address_per_minute: form.text_or_empty("address_per_minute"),
            address_burst: form.text_or_empty("address_burst"),
            hand_over: form.text_or_empty("hand_over"),
        }
    }

    /// Where a preset begins.
    pub(super) fn of(preset: &Preset) -> Self {
        let (per_minute, burst) = preset.rate;
        Self {
            preset: preset.name.to_owned(),
            allow: preset.allow.iter().map(|name| (*name).to_owned()).collect(),
            expires: "90d".to_owned(),
            key_type: if preset.is_publishable { PUBLISHABLE } else { "hmac" }.to_owned(),
            per_minute: per_minute.to_owned(),
            burst: burst.to_owned(),
            ..Self::default()
        }
    }

    /// What a key is limited to now. Its end is not said: it stays.
    pub(super) fn of_key(key: &KeyView) -> Self {
        let (per_minute, burst) = match key.rate {
            Some(rate) => (rate.per_minute.to_string(), rate.burst.to_string()),
            None => (UNLIMITED.to_owned(), String::new()),
        };
        let is_publishable = key.key_type == KeyType::Publishable;
        let of_address = |number: fn(RateLimit) -> u32| key.address_rate.map(|rate| number(rate).to_string());
        let listed = |symbol: &Symbol| symbol.to_string();
        Self {
            allow: short(key.permissions).into_iter().map(str::to_owned).collect(),
            symbols: key.symbols.list().unwrap_or_default().iter().map(listed).collect(),
            ip: key.ip.iter().map(|range| bare(&range.to_string())).collect(),
            deny_ip: key.deny_ip.iter().map(|range| bare(&range.to_string())).collect(),
            holds: key.holds.iter().map(ToString::to_string).collect(),
            per_minute,
            burst,
            key_type: if is_publishable { PUBLISHABLE.to_owned() } else { String::new() },
            origins: key.origins.iter().map(ToString::to_string).collect(),
            address_per_minute: of_address(|rate| rate.per_minute).unwrap_or_default(),
            address_burst: of_address(|rate| rate.burst).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The same as fields, for a form that only passes them on.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let lists = [("credential", &self.credentials), ("venue", &self.venues), ("allow", &self.allow)];
        let many = lists.into_iter().flat_map(|(name, list)| list.iter().map(move |one| (name, one.clone())));
        let one = [
            ("preset", self.preset.clone()),
            ("name", self.name.clone()),
            ("project", self.project.clone()),
            ("symbols", self.symbols.join(" ")),
            ("holds", self.holds.join(", ")),
            ("ip", self.ip.join(" ")),
            ("deny_ip", self.deny_ip.join(" ")),
            ("expires", self.expires.clone()),
            ("type", self.key_type.clone()),
            ("public_key", self.public_key.clone()),
            ("per_minute", self.per_minute.clone()),
            ("burst", self.burst.clone()),
            ("origins", self.origins.join(" ")),
            ("address_per_minute", self.address_per_minute.clone()),
            ("address_burst", self.address_burst.clone()),
            ("hand_over", self.hand_over.clone()),
        ];
        one.into_iter().chain(many).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The same, but for what the review itself asks.
    pub(super) fn fields_to_review(&self) -> Vec<(&'static str, String)> {
        let mut fields = self.fields();
        fields.retain(|(name, _)| *name != "hand_over");
        fields
    }

    /// The page on which it can go on, with all that was said.
    pub(super) fn address(&self) -> String {
        let fields = self.fields();
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        with_query("/keys/new", &pairs)
    }

    /// The request that it stands for.
    ///
    /// # Errors
    /// `rate_invalid` and `malformed`, where a number or a choice cannot be read.
    pub(super) fn request(&self) -> Result<Create, Error> {
        let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Ok(Create {
            name: self.name.clone(),
            project: self.project.clone(),
            credentials: self.credentials.clone(),
            venues: self.venues.clone(),
            allow: self.allow.clone(),
            key_type: self.key_type()?,
            public_key: said(&self.public_key),
            ip: self.ip.clone(),
            deny_ip: self.deny_ip.clone(),
            symbols: self.symbols.clone(),
            holds: self.holds.clone(),
            expires: said(&self.expires),
            not_before: None,
            rate: self.rate()?,
            origins: self.origins.clone(),
            address_rate: self.address_rate()?,
            hand_over: said(&self.hand_over),
        })
    }

    /// The change that it stands for: all limits that the form shows.
    ///
    /// # Errors
    /// `rate_invalid`, where a number cannot be read.
    pub(super) fn update(&self) -> Result<Update, Error> {
        if self.is_publishable() {
            return Ok(Update {
                expires: Some(self.expires.clone()).filter(|end| !end.is_empty()),
                rate: self.rate()?,
                origins: Some(self.origins.clone()),
                address_rate: self.address_rate()?,
                ..Update::default()
            });
        }
        Ok(Update {
            allow: Some(self.allow.clone()),
            ip: Some(self.ip.clone()),
            deny_ip: Some(self.deny_ip.clone()),
            symbols: Some(self.symbols.clone()),
            holds: Some(self.holds.clone()),
            expires: Some(self.expires.clone()).filter(|end| !end.is_empty()),
            rate: self.rate()?,
            origins: None,
            address_rate: None,
        })
    }

    /// What it would let somebody do, as far as that can be read.
    pub(super) fn permissions(&self) -> PermissionSet {
        self.allow.iter().filter_map(|name| name.parse::<Permission>().ok()).collect()
    }

    /// Whether anybody may read it.
    pub(super) fn is_publishable(&self) -> bool {
        self.key_type == PUBLISHABLE
    }

    fn key_type(&self) -> Result<KeyType, Error> {
        match self.key_type.as_str() {
            "" | "hmac" => Ok(KeyType::Hmac),
            "ed25519" => Ok(KeyType::Ed25519),
            "rsa" => Ok(KeyType::Rsa),
            PUBLISHABLE => Ok(KeyType::Publishable),
            _ => Err(Error::new(Code::Malformed, "there is no key of this type")
                .hint("choose HMAC, Ed25519 or RSA")),
        }
    }

    fn rate(&self) -> Result<Option<Rate>, Error> {
        if self.per_minute == UNLIMITED {
            return Ok(Some(Rate::Word(Unlimited::Unlimited)));
        }
        Ok(limit(&self.per_minute, &self.burst)?.map(Rate::Limited))
    }

    fn address_rate(&self) -> Result<Option<RateLimit>, Error> {
        limit(&self.address_per_minute, &self.address_burst)
    }

    /// What somebody should know before he issues it.
    pub(super) fn warnings(&self) -> Vec<&'static str> {
        let permissions = self.permissions();
        let has = |verb| permissions.iter().any(|one| one.verb() == verb);
        let from_anywhere = self.ip.is_empty();
        let warnings = [
            (
                self.is_publishable(),
                "Anybody who opens your page can read this key and take it along. What he then has is public market data, at the rate of one address; what he asks counts at the exchange against Keyward's own address, which your bots use too.",
            ),
            (
                has(Verb::Withdraw),
                "It may send money away. Whoever steals it can take what is there. Give this only to a program that pays out, and bind it to an address.",
            ),
            (
                has(Verb::Manage),
                "It may make keys at the exchange itself, beside Keyward: those know none of your limits.",
            ),
            (has(Verb::Transfer), "It may move money between wallets and accounts."),
            (
                has(Verb::Stream),
                "It is handed tokens that open private streams without any further signature, past Keyward.",
            ),
            (
                has(Verb::Trade) && from_anywhere,
                "It may trade from any address. Whoever steals it can use it from anywhere: name the address of the bot's host.",
            ),
            (
                has(Verb::Trade) && self.symbols.is_empty(),
                "It may trade every market. A stolen key can pump a thin one against you: name the markets that the bot needs.",
            ),
            (self.expires == "never", "It never expires. A key that is forgotten stays open for ever."),
        ];
        warnings.into_iter().filter_map(|(applies, warning)| applies.then_some(warning)).collect()
    }
}

/// A rate as two fields hold it; none where both are empty.
fn limit(per_minute: &str, burst: &str) -> Result<Option<RateLimit>, Error> {
    if per_minute.is_empty() && burst.is_empty() {
        return Ok(None);
    }
    let limit = per_minute.parse().ok().zip(burst.parse().ok());
    limit.map(|(per_minute, burst)| Some(RateLimit { per_minute, burst })).ok_or_else(|| {
        Error::new(Code::RateInvalid, "a rate is two whole numbers: a minute, and at once")
            .hint("fill in both, or leave both empty for Keyward's own")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::preset::named;

    #[test]
    fn a_draft_survives_the_way_through_an_address() {
        let mut draft = Draft::of(named("market-maker").unwrap());
        draft.name = "mm & co".to_owned();
        draft.symbols = vec!["BTC/USDT".to_owned(), "ETH/USDT:USDT".to_owned()];
        let address = draft.address();
        let again = Draft::read(&Form::read(address.split_once('?').unwrap().1.as_bytes()));
        assert_eq!(again.fields(), draft.fields());
        assert_eq!((again.symbols.len(), again.allow.len(), again.per_minute.as_str()), (2, 4, "6000"));
    }

    #[test]
    fn what_reaches_far_is_warned_of() {
        let mut draft = Draft::of(named("spot-bot").unwrap());
        assert_eq!(draft.warnings().len(), 2);
        draft.ip.push("203.0.113.7".to_owned());
        draft.symbols.push("BTC/USDT".to_owned());
        assert!(draft.warnings().is_empty());
        draft.allow.push("withdraw".to_owned());
        draft.expires = "never".to_owned();
        assert_eq!(draft.warnings().len(), 2);
        assert!(Draft::of(named("portfolio").unwrap()).warnings().is_empty());
    }

    #[test]
    fn a_browser_key_says_where_its_pages_are_and_nothing_that_it_could_not_have() {
        let mut draft = Draft::of(named("browser").unwrap());
        draft.origins = vec!["https://app.example".to_owned(), "http://localhost:3000".to_owned()];
        (draft.address_per_minute, draft.address_burst) = ("30".to_owned(), "10".to_owned());
        let address = draft.address();
        let again = Draft::read(&Form::read(address.split_once('?').unwrap().1.as_bytes()));
        let request = again.request().unwrap();
        assert_eq!((request.key_type, request.origins.len()), (KeyType::Publishable, 2));
        assert_eq!(request.address_rate, Some(RateLimit { per_minute: 30, burst: 10 }));
        let update = again.update().unwrap();
        assert!(update.allow.is_none() && update.ip.is_none() && update.symbols.is_none());
        assert_eq!((update.origins, again.warnings().len()), (Some(draft.origins), 1));
    }

    #[test]
    fn half_a_rate_is_no_rate() {
        let rate = |per_minute: &str, burst: &str| {
            let (per_minute, burst) = (per_minute.to_owned(), burst.to_owned());
            Draft { per_minute, burst, ..Draft::default() }.request().map(|request| request.rate.is_some())
        };
        assert!(rate("", "").is_ok_and(|said| !said) && rate("60", "5").is_ok_and(|said| said));
        assert!(rate("60", "").is_err() && rate("-1", "5").is_err() && rate("many", "5").is_err());
    }
}
