//! Interning: rules that are the same are held once.

use std::collections::HashSet;
use std::sync::Arc;

use super::Rules;

/// As many are looked through only when there are more.
const SWEPT_MIN: usize = 64;

/// Every different set of rules, for as long as a key has it.
#[derive(Default)]
pub(super) struct Interned {
    all: HashSet<Arc<Rules>>,
    sweep_at: usize,
}

impl Interned {
    /// The one copy of these rules.
    pub(super) fn shared(&mut self, rules: Rules) -> Arc<Rules> {
        if let Some(known) = self.all.get(&rules) {
            return known.clone();
        }
        if self.all.len() >= self.sweep_at {
            self.sweep();
        }
        let rules = Arc::new(rules);
        self.all.insert(rules.clone());
        rules
    }

    /// Drops what no key has any more; not before there are twice as many, so that a change costs little on average.
    fn sweep(&mut self) {
        self.all.retain(|rules| Arc::strong_count(rules) > 1);
        self.sweep_at = SWEPT_MIN.max(2 * self.all.len());
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::{AddressRules, ProjectId};

    use super::*;

    fn of(project: u16) -> Rules {
        let mut entropy = [0; 16];
        entropy[..2].copy_from_slice(&project.to_be_bytes());
        let project = ProjectId::from_entropy(entropy);
        let addresses = AddressRules::default();
        Rules { project, addresses, gcra: None, has_holds: false, pages: None, doors: [].into() }
    }

    #[test]
    fn the_same_rules_are_one_and_others_are_not() {
        let mut interned = Interned::default();
        let [one, same, other] = [1, 1, 2].map(|project| interned.shared(of(project)));
        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
    }

    #[test]
    fn what_no_key_has_any_more_is_dropped() {
        let mut interned = Interned::default();
        let kept = interned.shared(of(0));
        (1..10_000).for_each(|project| drop(interned.shared(of(project))));
        assert!(interned.all.len() <= 2 * SWEPT_MIN);
        assert!(Arc::ptr_eq(&kept, &interned.shared(of(0))));
    }
}
