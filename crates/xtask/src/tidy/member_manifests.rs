//! Rule: a crate's manifest inherits the lints and every dependency from the root manifest.
//!
//! So there is one place for versions and their reasons, and no crate is quietly exempt from a lint.

use toml::{Table, Value};

use super::Finding;
use super::repository::{File, Repository};

const TABLES: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let members = repository
        .files
        .iter()
        .filter(|file| file.path.starts_with("crates/") && file.path.ends_with("/Cargo.toml"));
    members.flat_map(manifest).collect()
}

fn manifest(file: &File) -> Vec<Finding> {
    let Ok(manifest) = file.text.parse::<Table>() else {
        return vec![Finding::new(&file.path, "is not TOML")];
    };
    let lints = manifest.get("lints").is_some_and(inherited);
    let no_lints = (!lints).then(|| Finding::new(&file.path, "must say `[lints] workspace = true`"));
    let tables = TABLES.iter().filter_map(|name| manifest.get(*name)?.as_table()).flatten();
    let own = tables.filter(|(_, value)| !inherited(value));
    let message = |name| format!("must take {name} from the root manifest: `{name}.workspace = true`");
    no_lints.into_iter().chain(own.map(|(name, _)| Finding::new(&file.path, message(name)))).collect()
}

fn inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(manifest: &str) -> usize {
        check(&Repository::of_files(&[("crates/x/Cargo.toml", manifest)])).len()
    }

    #[test]
    fn what_is_not_inherited_is_found() {
        assert_eq!(found("lints.workspace = true\n[dependencies]\na.workspace = true\n"), 0);
        assert_eq!(found("[dependencies]\na.workspace = true\n"), 1);
        assert_eq!(
            found("lints.workspace = true\n[dev-dependencies]\na = \"1\"\n[dependencies]\nb = \"1\"\n"),
            2
        );
    }
}
