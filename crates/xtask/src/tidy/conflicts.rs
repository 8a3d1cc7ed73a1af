//! Rule: no file holds two versions of itself, as a merge leaves them for somebody to choose between.

use super::Finding;
use super::repository::{File, Repository};

/// How Git begins and ends a choice. Written in two parts, or this file would break its own rule.
const MARKS: [&str; 2] = [concat!("<<<<", "<<< "), concat!(">>>>", ">>> ")];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    repository.files.iter().flat_map(places).collect()
}

fn places(file: &File) -> impl Iterator<Item = Finding> {
    let marked =
        file.text.lines().enumerate().filter(|(_, line)| MARKS.iter().any(|mark| line.starts_with(mark)));
    marked.map(|(index, _)| Finding::at(&file.path, index + 1, "is what a merge left: choose one of the two"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_merge_leaves_is_found_and_a_ruled_line_is_fine() {
        let left = concat!("<<<<", "<<< HEAD\none\n=======\nother\n>>>>", ">>> abc (why)\n");
        assert_eq!(
            check(&Repository::of_files(&[("doc.md", left), ("title.md", "Title\n=======\n")])).len(),
            2
        );
    }
}
