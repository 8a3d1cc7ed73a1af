//! The Kraken dialect against real traffic: what ccxt and python-kraken-sdk put on the wire, and the published vector.

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
