//! The Binance dialect against real traffic: what ccxt and the official SDKs put on the wire, and published vectors.

#[cfg(test)]
mod captured;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod forwarded;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod resigned;
#[cfg(test)]
mod tampered;
#[cfg(test)]
mod verified;
