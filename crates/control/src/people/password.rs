//! Which passwords are taken (NIST SP 800-63B-4 §3.1.1): long enough, and none that everybody tries first.

use keyward_vault::Secret;
use zxcvbn::{Score, zxcvbn};

use crate::{Code, Error};

/// The fewest characters. NIST asks for eight beside a second factor, which is required here; a few more cost nothing.
const CHARACTERS_MIN: usize = 12;
/// The most bytes: far more than anybody types, and little to compute with.
const BYTES_MAX: usize = 1024;

/// Sees whether a new password may be taken. `name` is the operator's: a password made of it is guessed at once.
pub(crate) fn check(password: &Secret, name: &str) -> Result<(), Error> {
    let text = str::from_utf8(password.expose()).map_err(|_| weak("the password is not text"))?;
    if text.chars().count() < CHARACTERS_MIN {
        return Err(weak("the password is shorter than 12 characters"));
    }
    if text.len() > BYTES_MAX {
        return Err(weak("the password is longer than 1,024 bytes"));
    }
    // Common passwords, names, words, keyboard rows and dates, and what is made of them.
    let known = [name, "keyward"];
    if zxcvbn(text, &known).score() < Score::Three {
        return Err(weak("the password is one that is guessed soon"));
    }
    Ok(())
}

fn weak(detail: &'static str) -> Error {
    Error::new(Code::PasswordWeak, detail)
        .hint("take four or more words that have nothing to do with each other")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(password: &str) -> bool {
        check(&Secret::from_vec(password.as_bytes().to_vec()).unwrap(), "ada.lovelace").is_ok()
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for weak in [
            "short",
            "password1234",
            "123456789012",
            "qwertyuiop12",
            "aaaaaaaaaaaaaaaa",
            "keywardkeyward",
            "ada.lovelace1",
            "iloveyou1234",
        ] {
            assert!(!is_taken(weak), "{weak}");
        }
    }

    #[test]
    fn words_spaces_and_every_script_are_taken() {
        for good in
            ["otter violin granite seven", "Zürcher Käsewähe um Mitternacht", "пять синих китов летят"]
        {
            assert!(is_taken(good), "{good}");
        }
        assert!(!is_taken(&"x ".repeat(600)));
    }
}
