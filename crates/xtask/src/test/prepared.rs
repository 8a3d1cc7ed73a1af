//! What is made once from a file of this repository, and made again when the file says something else.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::process::root;

/// Makes it in `place`, unless it was already made from the same recipe.
pub(super) fn prepare(place: &Path, recipe: &str, make: impl FnOnce() -> Result<()>) -> Result<()> {
    let wanted = fs::read_to_string(root().join(recipe)).with_context(|| format!("cannot read {recipe}"))?;
    let stamp = place.join("made-from");
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == wanted) {
        println!("it is as {recipe} wants it");
        return Ok(());
    }
    make()?;
    // Last, so that what was made by half is made again.
    Ok(fs::write(&stamp, wanted)?)
}
