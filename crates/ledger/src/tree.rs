//! The right edge of an RFC 6962 tree: enough to append to it and to know its root.

use tlog_tiles::{EMPTY_HASH, Hash, node_hash};

/// The tree so far, as the roots of its full subtrees, the largest first: at most 64 hashes, whatever its size.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tree {
    size: u64,
    peaks: Vec<Hash>,
}

impl Tree {
    /// How many leaves it has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// A tree of so many leaves, from the roots of its full subtrees; none when so many cannot be.
    pub(crate) fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// The roots of its full subtrees, the largest first.
    pub(crate) fn peaks(&self) -> &[Hash] {
        &self.peaks
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

#[cfg(test)]
mod tests {
    use tlog_tiles::{HashReader, record_hash, tree_hash};

    use super::*;

    /// The leaves of Certificate Transparency's reference tests, and the root after each of them
    /// (`merkle_tree_test.cc` in google/certificate-transparency).
    const KNOWN: [(&[u8], &str); 8] = [
        (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (b"\x00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (b"\x10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (b"\x20\x21", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        (b"\x30\x31", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (b"\x40\x41\x42\x43", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        (b"PQRSTUVW", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (b"`abcdefghijklmno", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ];

    fn hex(hash: Hash) -> String {
        hash.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_published_roots_come_out() {
        let mut tree = Tree::default();
        assert_eq!(tree.root(), EMPTY_HASH);
        for (leaf, root) in KNOWN {
            tree.push(record_hash(leaf));
            assert_eq!(hex(tree.root()), root);
        }
    }

    /// The library's numbering of nodes is the order in which they are completed.
    struct Completed(Vec<Hash>);

    impl HashReader for Completed {
        fn read_hashes(&self, nodes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
            Ok(nodes.iter().map(|&node| self.0[node as usize]).collect())
        }
    }

    #[test]
    fn the_nodes_and_roots_are_those_of_the_reference_implementation() {
        let (mut tree, mut nodes) = (Tree::default(), Completed(Vec::new()));
        for size in 0..600_u64 {
            assert_eq!(tree.root(), tree_hash(size, &nodes).unwrap(), "{size}");
            tree.push_with(record_hash(&size.to_be_bytes()), |level, place, hash| {
                assert_eq!(tlog_tiles::stored_hash_index(level, place), nodes.0.len() as u64);
                nodes.0.push(hash);
            });
        }
    }
}
