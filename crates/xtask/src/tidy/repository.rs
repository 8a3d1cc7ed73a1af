//! What the rules look at: the repository's files and what cargo knows about its packages.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::deny::Deny;
use super::words::test_modules;
use crate::process::{capture, cargo, program, root};

/// The files that git tracks or would track, the packages that cargo builds from, and what `deny.toml` says.
#[derive(Default)]
pub(super) struct Repository {
    pub(super) files: Vec<File>,
    pub(super) packages: Vec<Package>,
    pub(super) deny: Deny,
}

/// One file.
pub(super) struct File {
    /// From the root of the repository, with `/`.
    pub(super) path: String,
    /// Its size in bytes.
    pub(super) size: u64,
    /// What it says; empty when it is not text.
    pub(super) text: String,
}

/// One package of the dependency graph, ours or another's.
#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    /// Its licence as an SPDX expression.
    pub(super) license: Option<String>,
    /// Where it comes from; none for our own.
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) dependencies: Vec<Dependency>,
}

/// What a package says that it needs.
#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// None for what the package itself needs, `dev` for its tests, `build` for its build script.
    pub(super) kind: Option<String>,
}

impl Repository {
    /// Reads the repository that this program was built from.
    pub(super) fn load() -> Result<Self> {
        let deny = fs::read_to_string(root().join("deny.toml")).context("cannot read deny.toml")?;
        Ok(Self { files: files()?, packages: packages()?, deny: Deny::parse(&deny)? })
    }

    /// Our own Rust files.
    pub(super) fn rust_files(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }

    /// The Rust files that are built into something: no `tests/`, no module that only tests see.
    pub(super) fn product_files(&self) -> Vec<&File> {
        let tests: Vec<_> = self.rust_files().flat_map(|file| test_modules(&file.path, &file.text)).collect();
        let product = self.rust_files().filter(|file| file.path.contains("/src/"));
        product.filter(|file| !tests.iter().any(|module| file.is_in(module))).collect()
    }

    /// Our own crates.
    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.source.is_none())
    }

    /// The file at a path, where there is one.
    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

impl File {
    /// Whether this holds a module, given by its path without `.rs`, or one of its own modules.
    fn is_in(&self, module: &str) -> bool {
        self.path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }
}

impl Package {
    /// The folder of one of our own crates, below `crates/`.
    pub(super) fn folder(&self) -> &str {
        self.name.strip_prefix("keyward-").unwrap_or(&self.name)
    }
}

fn files() -> Result<Vec<File>> {
    let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let paths = capture(program("git").args(listed))?;
    let mut files: Vec<_> = paths.split_terminator('\0').filter_map(|path| read(root(), path)).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// A file that is listed but gone is being deleted: nothing to check.
fn read(root: &Path, path: &str) -> Option<File> {
    let bytes = fs::read(root.join(path)).ok()?;
    let size = bytes.len() as u64;
    Some(File { path: path.to_owned(), size, text: String::from_utf8(bytes).unwrap_or_default() })
}

fn packages() -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let metadata = capture(cargo().args(["metadata", "--format-version", "1", "--locked"]))?;
    Ok(serde_json::from_str::<Metadata>(&metadata)?.packages)
}

#[cfg(test)]
impl Repository {
    /// A repository of these files.
    pub(super) fn of_files(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            size: text.len() as u64,
            text: (*text).to_owned(),
        };
        Self { files: files.iter().map(file).collect(), ..Self::default() }
    }

    /// A repository of these packages, written as `name -> used used dev:used`, and what `deny.toml` says of them.
    pub(super) fn of_packages(packages: &[&str], deny: &str) -> Self {
        let packages = packages.iter().map(|text| Package::of(text)).collect();
        Self { packages, deny: Deny::parse(deny).unwrap(), ..Self::default() }
    }
}

#[cfg(test)]
impl Package {
    fn of(text: &str) -> Self {
        let (name, uses) = text.split_once(" -> ").unwrap_or((text, ""));
        let dependency = |word: &str| match word.split_once(':') {
            Some((kind, name)) => Dependency { name: name.to_owned(), kind: Some(kind.to_owned()) },
            None => Dependency { name: word.to_owned(), kind: None },
        };
        let dependencies = uses.split_whitespace().map(dependency).collect();
        Self { name: name.to_owned(), license: None, source: None, dependencies }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_tests_see_is_no_product() {
        let declares = ("crates/a/src/lib.rs", "#[cfg(test)] mod story;");
        let others = [
            "crates/a/src/story.rs",
            "crates/a/src/story/b.rs",
            "crates/a/src/storey.rs",
            "crates/a/tests/c.rs",
        ];
        let files: Vec<_> = [declares].into_iter().chain(others.map(|path| (path, ""))).collect();
        let repository = Repository::of_files(&files);
        let product: Vec<_> = repository.product_files().iter().map(|file| file.path.as_str()).collect();
        assert_eq!(product, ["crates/a/src/lib.rs", "crates/a/src/storey.rs"]);
    }

    #[test]
    fn this_repository_can_be_read() {
        let repository = Repository::load().unwrap();
        assert!(repository.file("crates/xtask/src/tidy/repository.rs").is_some());
        assert!(repository.members().any(|package| package.name == "keyward"));
        assert!(repository.packages.len() > repository.members().count());
    }
}
