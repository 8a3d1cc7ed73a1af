//! `cargo xtask tidy`: the repository's own invariants, held by machine.
//!
//! One rule is one file with one function over a [`Repository`], its reason in the doc comment, and a test that shows
//! it failing. A convention that reviews keep asking for becomes a rule here.

mod absences;
mod architecture;
mod asvs;
mod blobs;
mod conflicts;
mod crate_edges;
mod deny;
mod dependency_reasons;
mod file_lengths;
mod file_names;
mod global_state;
mod licences;
mod log_fields;
mod machine_paths;
mod member_manifests;
mod module_docs;
mod repository;
mod secret_types;
mod shortcuts;
mod snapshots;
mod sources;
mod unused_dependencies;
mod words;

use anyhow::{Result, bail};
use repository::Repository;

/// One thing that is wrong: where, and what to do about it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    place: String,
    message: String,
}

type Rule = fn(&Repository) -> Vec<Finding>;

const RULES: &[(&str, Rule)] = &[
    ("absences", absences::check),
    ("architecture", architecture::check),
    ("asvs", asvs::check),
    ("blobs", blobs::check),
    ("conflicts", conflicts::check),
    ("crate edges", crate_edges::check),
    ("dependency reasons", dependency_reasons::check),
    ("file lengths", file_lengths::check),
    ("file names", file_names::check),
    ("global state", global_state::check),
    ("licences", licences::check),
    ("log fields", log_fields::check),
    ("machine paths", machine_paths::check),
    ("member manifests", member_manifests::check),
    ("module docs", module_docs::check),
    ("secret types", secret_types::check),
    ("shortcuts", shortcuts::check),
    ("snapshots", snapshots::check),
    ("sources", sources::check),
    ("unused dependencies", unused_dependencies::check),
    ("words", words::check),
];

impl Finding {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }

    fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self::new(format!("{path}:{line}"), message)
    }
}

/// Checks the repository against every rule.
pub(crate) fn run() -> Result<()> {
    let repository = Repository::load()?;
    let mut count = 0;
    for (name, rule) in RULES {
        for finding in rule(&repository) {
            println!("{}: {} [{name}]", finding.place, finding.message);
            count += 1;
        }
    }
    if count > 0 {
        bail!(
            "{count} places break a rule of the repository; crates/xtask/src/tidy/ says why each rule is there"
        );
    }
    println!("{} rules hold over {} files", RULES.len(), repository.files.len());
    println!("{}", file_lengths::summary(&repository));
    Ok(())
}
