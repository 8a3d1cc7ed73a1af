//! The command line: what it says, what it prints, how it ends.

mod config_as_code;
mod demo;
mod desk;
mod help;
mod run;
mod sandbox;
mod server;
mod story;
mod usage;
