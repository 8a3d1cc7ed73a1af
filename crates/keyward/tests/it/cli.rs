//! The command line: what it says, what it prints, how it ends.

mod demo;
mod desk;
mod help;
mod run;
mod sandbox;
mod server;
mod story;
mod usage;
