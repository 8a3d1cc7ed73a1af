//! What a backup says about itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// The form of backups that this version writes and reads.
pub(crate) const FORMAT: u32 = 1;

/// What a backup says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Manifest {
    /// The form of the backup.
    pub format: u32,
    /// The version of the Keyward that made it.
    pub keyward: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// Where the rows are.
    pub database: Database,
    /// How many entries of the audit log it holds: those under its checkpoint.
    pub entries: u64,
    /// The key that checks the log's checkpoints (C2SP signed-note).
    pub verifier_key: String,
    /// The files, by name.
    pub files: BTreeMap<String, Digested>,
}

/// Where the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    /// In the backup.
    Sqlite,
    /// In what `pg_dump` wrote, which the backup does not hold.
    Postgres,
}

/// A file's length and digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Digested {
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// What the manifest says of the audit log.
pub(crate) struct Digests {
    pub(crate) verifier_key: String,
    pub(crate) entries: u64,
}

impl Digested {
    /// The digest of a file as it is.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), 0);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
                return Ok(Self { bytes, sha256 });
            }
            hash.update(&buffer[..read]);
            bytes += read as u64;
        }
    }
}
