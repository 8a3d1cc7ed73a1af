//! Nothing is lost and nothing goes unrecorded, whatever a kill or the disk does: the real server, hindered from outside.

mod disk;
mod exchange;
mod field;
mod hindrance;
mod killed;
mod log;
mod restored;
