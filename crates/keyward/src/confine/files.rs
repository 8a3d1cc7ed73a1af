//! Landlock: which files can be opened, and that no port can.

use anyhow::{Context, Result};
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, LandlockStatus, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetStatus, path_beneath_rules,
};

use super::Reach;

/// The newest rules that this code was written for (Linux 6.12); an older kernel enforces those that it knows.
const RULES: ABI = ABI::V6;

/// Lets this thread open what is within reach, and no port. Gives in words what the kernel enforces.
pub(super) fn confine(reach: &Reach) -> Result<&'static str> {
    let status = restrict(reach).context("Landlock cannot be applied; --unconfined starts without it")?;
    Ok(match status {
        RulesetStatus::FullyEnforced => "Landlock",
        RulesetStatus::PartiallyEnforced => "Landlock, as far as this kernel has it",
        RulesetStatus::NotEnforced => "nothing: this kernel has no Landlock",
    })
}

fn restrict(reach: &Reach) -> Result<RulesetStatus, landlock::RulesetError> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write: BitFlags<AccessFs> = AccessFs::from_all(RULES) & !AccessFs::Execute;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(RULES))?
        .handle_access(AccessNet::BindTcp)?
        .create()?
        .add_rules(path_beneath_rules(&reach.read, read))?
        .add_rules(path_beneath_rules(&reach.write, write))?
        .restrict_self()?;
    Ok(status.ruleset)
}

/// Which version of Landlock the kernel has. A thread finds out by giving up something, and ends.
pub(crate) fn landlock_version() -> Option<i32> {
    let status = || -> Result<_, landlock::RulesetError> {
        Ruleset::default().handle_access(AccessFs::Execute)?.create()?.restrict_self()
    };
    let status = std::thread::spawn(status).join().ok()?.ok()?;
    match status.landlock {
        LandlockStatus::Available { effective_abi, kernel_abi } => {
            Some(kernel_abi.unwrap_or(effective_abi as i32))
        }
        _ => None,
    }
}
