//! Project Wycheproof's vectors (C2SP/wycheproof) against every primitive that checks a client's signature: known attacks
//! on implementations, each of which must be refused, beside what must be taken.

#[cfg(test)]
mod hmac;
#[cfg(test)]
mod judged;
#[cfg(test)]
mod public;
