//! What an operator can do: one file each. The CLI, the JSON API and the console all call these, so that there is one
//! set of checks and one audit record.

pub mod approval;
pub mod audit;
pub mod backup;
pub mod consent;
pub mod credential;
pub mod hand_over;
pub mod identity;
pub mod key;
pub mod kill;
pub mod operator;
pub mod passkey;
pub mod project;
pub mod reopen;
pub mod second_factor;
pub mod session;
pub mod settings;
pub mod status;
pub mod token;
pub mod traffic;
pub mod vault;
pub mod venue;
