//! Secrets that a person or a script gives: from a file, standard input or a prompt, never from an argument.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::path::Path;

use anyhow::{Context, Result};
use keyward_vault::Secret;
use serde::ser::Error;
use serde::{Serialize, Serializer};

use crate::outcome::Problem;

/// Reads a secret from a file, or from standard input when its name is `-`; the line end is not part of it.
pub(crate) fn from_file(path: &Path) -> Result<Secret> {
    let read = || -> Result<Secret> {
        let secret = Secret::read_from(open(path)?)?.without_line_end();
        anyhow::ensure!(!secret.expose().is_empty(), "it is empty");
        Ok(secret)
    };
    read().with_context(|| format!("the secret in `{}` cannot be used", path.display()))
}

/// The bare file, without a buffer that would keep a copy.
fn open(path: &Path) -> io::Result<File> {
    if path == Path::new("-") {
        Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
    } else {
        File::open(path)
    }
}

/// Reads what is given as a file, or asks whoever sits at the terminal.
pub(crate) fn from_file_or_prompt(path: Option<&Path>, prompt: &str, instead: &str) -> Result<Secret> {
    path.map_or_else(|| ask(prompt, instead), from_file)
}

/// Asks whoever sits at the terminal; `instead` says what to do where nobody does.
pub(crate) fn ask(prompt: &str, instead: &str) -> Result<Secret> {
    if !io::stdin().is_terminal() {
        let problem = Problem::usage(format!("{prompt}: there is no terminal to ask for it"));
        return Err(problem.hint(instead).into());
    }
    let typed = rpassword::prompt_password(format!("{prompt}: ")).context("nobody answered the prompt")?;
    Ok(Secret::from_vec(typed.into_bytes())?)
}

/// Asks twice, so that a slip of the fingers locks nobody out.
pub(crate) fn ask_twice(prompt: &str, instead: &str) -> Result<Secret> {
    let first = ask(prompt, instead)?;
    let again = ask(&format!("{prompt}, again"), instead)?;
    anyhow::ensure!(first.expose() == again.expose(), Problem::usage("the two are not the same"));
    Ok(first)
}

/// A secret as the text of a request's body: the one form that it leaves this module in.
pub(crate) struct Revealed<'a>(pub(crate) &'a Secret);

impl Serialize for Revealed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = str::from_utf8(self.0.expose()).map_err(|_| S::Error::custom("the secret is not text"))?;
        serializer.serialize_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Secret> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        from_file(file.path())
    }

    #[test]
    fn the_line_end_is_not_part_of_a_secret() {
        assert_eq!(read(b" two words\n").unwrap().expose(), b" two words");
    }

    #[test]
    fn an_empty_file_is_refused_by_its_name() {
        let message = format!("{:#}", read(b"\n").err().unwrap());
        assert!(message.contains("the secret in `") && message.ends_with("it is empty"), "{message}");
    }
}
