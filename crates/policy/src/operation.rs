//! Operations: everything that an operator can do, what it is called, and what it needs. One row each.

use std::fmt;

use crate::Right;

/// How sure Keyward must be that the operator himself is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// That he signed in.
    SignedIn,
    /// That he showed his second factor a moment ago: a session that somebody took over does no such thing.
    Fresh,
    /// The one or the other, depending on what is asked for: a key that can do little is issued without more ado.
    Judged,
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $right:ident, $proof:ident;)*) => {
        /// An operation. Its name is a contract: the audit log says it, and scripts search for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation { $($(#[$doc])* $name,)* }

        impl Operation {
            /// Every operation there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What it is called: the words of the command line.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it takes.
            pub const fn right(self) -> Right {
                match self { $(Self::$name => Right::$right,)* }
            }

            /// How sure Keyward must be of the operator.
            pub const fn proof(self) -> Proof {
                match self { $(Self::$name => Proof::$proof,)* }
            }
        }
    };
}

operations! {
    /// Looks at the state of everything.
    Status = "status", See, SignedIn;
    /// Looks at the vault.
    VaultStatus = "vault status", See, SignedIn;
    /// Makes the vault.
    VaultInit = "vault init", Own, SignedIn;
    /// Seals the vault: everything stops.
    VaultSeal = "vault seal", Stop, SignedIn;
    /// Unseals it.
    VaultUnseal = "vault unseal", Configure, Fresh;
    /// Changes what unseals it.
    VaultRekey = "vault rekey", Own, Fresh;
    /// Lists venues.
    VenueList = "venue list", See, SignedIn;
    /// Looks at a venue.
    VenueShow = "venue show", See, SignedIn;
    /// Adds a venue.
    VenueAdd = "venue add", Configure, Fresh;
    /// Removes one.
    VenueRemove = "venue remove", Configure, SignedIn;
    /// Lists real keys.
    CredentialList = "credential list", See, SignedIn;
    /// Looks at one.
    CredentialShow = "credential show", See, SignedIn;
    /// Adds one.
    CredentialAdd = "credential add", Configure, Fresh;
    /// Makes one in the vault.
    CredentialGenerate = "credential generate", Configure, Fresh;
    /// Says what the exchange calls it.
    CredentialApiKey = "credential api-key", Configure, Fresh;
    /// Asks the exchange what it may do.
    CredentialCheck = "credential check", Configure, SignedIn;
    /// Removes one.
    CredentialRemove = "credential remove", Configure, SignedIn;
    /// Lists projects.
    ProjectList = "project list", See, SignedIn;
    /// Looks at one.
    ProjectShow = "project show", See, SignedIn;
    /// Adds one.
    ProjectAdd = "project add", Configure, SignedIn;
    /// Changes what one asks of its keys.
    ProjectUpdate = "project update", Configure, SignedIn;
    /// Removes one.
    ProjectRemove = "project remove", Configure, SignedIn;
    /// Lists keys.
    KeyList = "key list", See, SignedIn;
    /// Looks at one.
    KeyShow = "key show", See, SignedIn;
    /// Looks at what one did.
    KeyUsage = "key usage", See, SignedIn;
    /// Proposes the tightest limits that one could live with.
    KeyPropose = "key propose", See, SignedIn;
    /// Looks which of them, and which real keys, somebody should look at.
    KeySafety = "key safety", See, SignedIn;
    /// Looks at what went through the door.
    Traffic = "traffic", See, SignedIn;
    /// Issues one.
    KeyCreate = "key create", Issue, Judged;
    /// Replaces one by another with the same rights.
    KeyRotate = "key rotate", Issue, Judged;
    /// Looks whether the link to its secret was opened.
    KeyHandOver = "key hand-over", See, SignedIn;
    /// Changes what one is limited to.
    KeyUpdate = "key update", Issue, Judged;
    /// Looks what such a change would change.
    KeyPreview = "key preview", Issue, SignedIn;
    /// Stops one for a while.
    KeySuspend = "key suspend", Stop, SignedIn;
    /// Lets it go on.
    KeyResume = "key resume", Issue, Judged;
    /// Ends one for good.
    KeyRevoke = "key revoke", Stop, SignedIn;
    /// Ends one and forgets it.
    KeyDelete = "key delete", Issue, SignedIn;
    /// Ends many at once.
    Kill = "kill", Stop, SignedIn;
    /// Lists what waits for an operator.
    ApprovalList = "approval list", See, SignedIn;
    /// Looks at one.
    ApprovalShow = "approval show", See, SignedIn;
    /// Lets it through, once.
    ApprovalApprove = "approval approve", Issue, Fresh;
    /// Does not.
    ApprovalDeny = "approval deny", Stop, SignedIn;
    /// Lists the changes that wait for a second operator.
    ConsentList = "consent list", See, SignedIn;
    /// Looks at one.
    ConsentShow = "consent show", See, SignedIn;
    /// Agrees to what another operator asked for.
    ConsentGive = "consent give", Issue, Fresh;
    /// Does not, or takes back what one asked for.
    ConsentRefuse = "consent refuse", Stop, SignedIn;
    /// Carries out what another operator agreed to, once.
    ConsentUse = "consent use", Issue, Fresh;
    /// Lists operators.
    OperatorList = "operator list", People, SignedIn;
    /// Looks at one.
    OperatorShow = "operator show", People, SignedIn;
    /// Invites somebody to become one.
    OperatorInvite = "operator invite", People, Fresh;
    /// Changes what an operator is.
    OperatorRole = "operator role", People, Fresh;
    /// Keeps one from signing in, and ends his sessions.
    OperatorSuspend = "operator suspend", People, Fresh;
    /// Lets him sign in again.
    OperatorResume = "operator resume", People, Fresh;
    /// Removes one.
    OperatorRemove = "operator remove", People, Fresh;
    /// Lists API tokens.
    TokenList = "token list", People, SignedIn;
    /// Makes one.
    TokenCreate = "token create", People, Fresh;
    /// Ends one.
    TokenRevoke = "token revoke", People, SignedIn;
    /// Looks at one's own sessions.
    SessionList = "session list", See, SignedIn;
    /// Ends one of them, or all others.
    SessionEnd = "session end", See, SignedIn;
    /// Changes one's own password.
    PasswordChange = "password change", See, Fresh;
    /// Takes another device for codes.
    DeviceChange = "device change", See, Fresh;
    /// Lists one's own passkeys.
    PasskeyList = "passkey list", See, SignedIn;
    /// Adds one.
    PasskeyAdd = "passkey add", See, Fresh;
    /// Removes one.
    PasskeyRemove = "passkey remove", See, Fresh;
    /// Looks who one is at the identity provider.
    IdentityShow = "identity show", See, SignedIn;
    /// Links oneself with who one is there.
    IdentityLink = "identity link", See, Fresh;
    /// Ends that.
    IdentityUnlink = "identity unlink", See, Fresh;
    /// Makes new recovery codes.
    RecoveryRenew = "recovery-codes renew", See, Fresh;
    /// Looks at the settings that are in force.
    Settings = "settings", Audit, SignedIn;
    /// Reads the end of the audit log.
    AuditTail = "audit tail", Audit, SignedIn;
    /// Reads what it says of one thing.
    AuditShow = "audit show", Audit, SignedIn;
    /// Checks it.
    AuditVerify = "audit verify", Audit, SignedIn;
    /// Writes it into a directory of the host.
    AuditExport = "audit export", Host, SignedIn;
    /// Writes a backup into a file of the host.
    Backup = "backup", Host, SignedIn;
    /// Looks why everything is locked after a restore.
    LockShow = "lock", See, SignedIn;
    /// Ends that lock.
    Reopen = "reopen", Own, Fresh;
}

impl Operation {
    /// Whether it stops or changes what belongs to no project, though a role that may be bound to some has the right.
    pub const fn concerns_everything(self) -> bool {
        matches!(self, Self::VaultSeal)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = Operation::ALL.iter().map(|operation| operation.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Operation::ALL.len());
    }

    #[test]
    fn what_only_stops_asks_for_no_second_factor_first() {
        let slow =
            Operation::ALL.iter().filter(|one| one.right() == Right::Stop && one.proof() != Proof::SignedIn);
        assert_eq!(slow.count(), 0);
    }
}
