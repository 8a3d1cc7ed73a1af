//! Rule: the product has no global state: no `static` that can change, nothing kept per thread.
//!
//! Two gateways in one process, a test beside another, a restart without a process: all of them break on a value that
//! lives outside of what was passed to them. A table that is made once and never changes (`LazyLock`) is no state.

use super::Finding;
use super::repository::{File, Repository};
use super::words::{Word, shipped, starts_with};

/// What makes a value changeable behind a shared reference; every atomic begins with `Atomic`.
const CHANGEABLE: &[&str] =
    &["Cell", "Mutex", "OnceCell", "OnceLock", "RefCell", "RwLock", "UnsafeCell", "mut"];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    repository.product_files().into_iter().flat_map(states).collect()
}

fn states(file: &File) -> Vec<Finding> {
    let words = shipped(&file.text);
    let found = (0..words.len()).filter(|index| is_state(&words, *index));
    let message = "is global state: pass it to who needs it";
    found.map(|index| Finding::at(&file.path, words[index].line, message)).collect()
}

fn is_state(words: &[Word], index: usize) -> bool {
    let is_lifetime = index > 0 && words[index - 1].text == "'";
    let mut item = words[index..].iter().take_while(|word| !["=", ";"].contains(&word.text.as_str()));
    let is_static = words[index].text == "static" && !is_lifetime;
    is_static && item.any(is_changeable) || starts_with(&words[index..], &["thread_local", "!"])
}

fn is_changeable(word: &Word) -> bool {
    CHANGEABLE.contains(&word.text.as_str()) || word.text.starts_with("Atomic")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        check(&Repository::of_files(&[("crates/gateway/src/a.rs", text)])).len()
    }

    #[test]
    fn what_can_change_is_found() {
        assert_eq!(found("static COUNT: AtomicU32 = AtomicU32::new(0);"), 1);
        assert_eq!(
            found("static A: LazyLock<std::sync::Mutex<u8>> = x; fn f() { static mut B: u8 = 0; }"),
            2
        );
        assert_eq!(found("thread_local! { static C: u8 = 0; }"), 1);
    }

    #[test]
    fn what_cannot_is_fine() {
        assert_eq!(found("static TABLE: &[u8] = &[]; static MAP: LazyLock<HashMap<u8, u8>> = x;"), 0);
        assert_eq!(found("struct A { b: &'static str, c: Mutex<u8> } fn d(e: &'static Mutex<u8>) {}"), 0);
        assert_eq!(found("#[cfg(test)] mod tests { static COUNT: AtomicU32 = x; }"), 0);
    }
}
