//! Attacks on the real server: each is refused, is on record where it touches a session or an account, and changes nothing.

mod approvals;
mod codes;
mod enumeration;
mod escalation;
mod forged;
mod scene;
mod second_factor;
mod sessions;
