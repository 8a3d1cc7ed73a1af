//! The checkpoints that a tree must agree with while it grows.

use crate::Checkpoint;
use crate::tree::Tree;

/// Checkpoints by rising size, and how far the tree agreed.
pub(crate) struct Heads {
    heads: Vec<Checkpoint>,
    compared: usize,
    agreed: u64,
}

/// The tree has another root than a checkpoint says: something in this range of entries is not what was signed.
#[derive(Debug)]
pub(crate) struct Mismatch {
    /// How many entries the largest agreeing checkpoint covers.
    pub(crate) from: u64,
    /// How many the disagreeing one covers.
    pub(crate) until: u64,
}

impl Heads {
    pub(crate) fn new(mut heads: Vec<Checkpoint>) -> Self {
        heads.sort_by_key(Checkpoint::size);
        Self { heads, compared: 0, agreed: 0 }
    }

    /// Compares the tree, which has grown by one leaf since the last call, or has none yet.
    pub(crate) fn compare(&mut self, tree: &Tree) -> Result<(), Mismatch> {
        while let Some(head) = self.heads.get(self.compared)
            && head.size() == tree.size()
        {
            if !head.covers(tree.root()) {
                return Err(Mismatch { from: self.agreed, until: head.size() });
            }
            self.agreed = head.size();
            self.compared += 1;
        }
        Ok(())
    }

    /// How many entries the largest checkpoint covers.
    pub(crate) fn signed(&self) -> u64 {
        self.heads.last().map_or(0, Checkpoint::size)
    }
}
