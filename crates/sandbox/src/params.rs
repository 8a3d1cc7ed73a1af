//! The parameters of a request, from its query and its form body.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::error::Refusal;

const NUMBER: &str = "^[0-9]{1,20}$";
const AMOUNT: &str = "^([0-9]{1,20})(\\.[0-9]{1,20})?$";

/// The parameters of a request, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads query and body. A parameter that is in both counts as in the query, as Binance has it.
    ///
    /// # Errors
    /// The same parameter twice in one place.
    pub(crate) fn read(query: &str, body: &[u8]) -> Result<Self, Refusal> {
        let mut params = Self(Vec::new());
        params.take(query.as_bytes())?;
        let mut in_body = Self(Vec::new());
        in_body.take(body)?;
        params
            .0
            .extend(in_body.0.into_iter().filter(|(name, _)| params.get(name).is_none()).collect::<Vec<_>>());
        Ok(params)
    }

    fn take(&mut self, form: &[u8]) -> Result<(), Refusal> {
        for (name, value) in form_urlencoded::parse(form) {
            if self.get(&name).is_some() {
                return Err(Refusal::DuplicateParameter);
            }
            self.0.push((name.into_owned(), value.into_owned()));
        }
        Ok(())
    }

    /// A parameter that may be left out.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that may not be left out.
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name).filter(|value| !value.is_empty()).ok_or(Refusal::Missing(name))
    }

    /// A whole number.
    pub(crate) fn number<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, Refusal> {
        let parse = |text: &str| text.parse().ok().filter(|_| is_digits(text));
        let number = |text| parse(text).ok_or(Refusal::IllegalCharacters(name, NUMBER));
        self.get(name).map(number).transpose()
    }

    /// An exact amount.
    pub(crate) fn amount(&self, name: &'static str) -> Result<Option<Decimal>, Refusal> {
        self.get(name).map(|text| amount(name, text)).transpose()
    }
}

fn amount(name: &'static str, text: &str) -> Result<Decimal, Refusal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !is_digits(whole) || !is_digits(fraction) {
        return Err(Refusal::IllegalCharacters(name, AMOUNT));
    }
    Decimal::from_str_exact(text).map_err(|_| Refusal::TooPrecise(name))
}

fn is_digits(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str, body: &str) -> Result<Params, Refusal> {
        Params::read(query, body.as_bytes())
    }

    #[test]
    fn what_is_in_the_query_wins() {
        let params = read("side=BUY", "side=SELL&type=LIMIT").unwrap();
        assert_eq!((params.get("side"), params.get("type")), (Some("BUY"), Some("LIMIT")));
    }

    #[test]
    fn the_same_name_twice_is_refused() {
        assert_eq!(read("a=1&a=2", ""), Err(Refusal::DuplicateParameter));
        assert!(read("", "a=1&%61=2").is_err());
    }

    #[test]
    fn an_amount_is_digits_and_a_point() {
        for text in ["-1", "1e3", "", ".5", "5.", "1,0", "+1", "0x1", "123456789012345678901"] {
            assert!(amount("quantity", text).is_err(), "{text}");
        }
        assert_eq!(amount("quantity", "0.10"), Ok(Decimal::new(10, 2)));
    }
}
