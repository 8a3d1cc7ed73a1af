//! Rule: no Rust file is longer than [`MAX`] lines, and few are longer than [`LONG`].
//!
//! A reader holds one file in mind. Function lengths are clippy's (`too_many_lines`, with its threshold in
//! clippy.toml).

use super::Finding;
use super::repository::{File, Repository};

const MAX: usize = 600;
const LONG: usize = 400;

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let message =
        |lines| format!("has {lines} lines, and {MAX} is the limit: which second concept does it hold?");
    let too_long = repository.rust_files().map(|file| (file, lines(file))).filter(|(_, lines)| *lines > MAX);
    too_long.map(|(file, lines)| Finding::new(&file.path, message(lines))).collect()
}

/// How long the files are, and which are longer than most should be.
pub(super) fn summary(repository: &Repository) -> String {
    let mut all: Vec<_> = repository.rust_files().map(lines).collect();
    all.sort_unstable();
    let at = |share: usize| all.get(all.len() * share / 100).copied().unwrap_or(0);
    let long = repository.rust_files().filter(|file| lines(file) > LONG);
    let long: Vec<_> = long.map(|file| format!("{} ({})", file.path, lines(file))).collect();
    let tail = if long.is_empty() { "none".to_owned() } else { long.join(", ") };
    format!("Rust files: median {} lines, nine of ten up to {}; over {LONG}: {tail}", at(50), at(90))
}

fn lines(file: &File) -> usize {
    file.text.lines().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(lengths: &[usize]) -> Repository {
        let texts: Vec<_> = lengths.iter().map(|lines| "\n".repeat(*lines)).collect();
        let files: Vec<_> = texts.iter().map(|text| ("src/file.rs", text.as_str())).collect();
        Repository::of_files(&files)
    }

    #[test]
    fn the_limit_is_the_limit() {
        assert!(check(&files(&[1, MAX])).is_empty());
        assert_eq!(check(&files(&[1, MAX + 1])).len(), 1);
    }

    #[test]
    fn the_summary_names_what_is_long() {
        assert!(summary(&files(&[10, 20, 30])).ends_with("over 400: none"));
        assert!(summary(&files(&[10, 20, LONG + 1])).ends_with("src/file.rs (401)"));
    }
}
