//! The right edge of an RFC 6962 tree: enough to append to it and to know its root.

use tlog_tiles::{EMPTY_HASH, Hash, node_hash};

/// The tree so far, as the roots of its full subtrees, the largest first: at most 64 hashes, whatever its size.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    size: u64,
    peaks: Vec<Hash>,
}

impl Tree {
    /// How many leaves it has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub(crate) fn push(&mut self, leaf: Hash) {
        self.push_with(leaf, |_, _, _| {});
    }

    /// Appends a leaf, and tells of every node that it completes: its level (0 is the leaf's), its place in the level,
    /// its hash.
    pub(crate) fn push_with(&mut self, leaf: Hash, mut complete: impl FnMut(u8, u64, Hash)) {
        let mut hash = leaf;
        complete(0, self.size, hash);
        let mut level = 0;
        while self.size >> level & 1 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = node_hash(left, hash);
            level += 1;
            complete(level, self.size >> level, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root hash.
    pub(crate) fn root(&self) -> Hash {
        let edge = self.peaks.iter().rev().copied();
        edge.reduce(|right, left| node_hash(left, right)).unwrap_or(EMPTY_HASH)
    }
}
