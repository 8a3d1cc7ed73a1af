//! Any bytes as a client's connection: the same verdict however they are cut, and heads that another parser takes too.

#![no_main]

use keyward_gateway::fuzz::{Framing, HeadBounds, Refused};
use libfuzzer_sys::fuzz_target;

const BOUNDS: HeadBounds = HeadBounds { bytes: 16 * 1024, fields: 64 };

fuzz_target!(|input: &[u8]| {
    let whole = follow(input, input.len());
    assert_eq!(whole.refused, follow(input, 1).refused, "the verdict depends on how the bytes are cut");
    assert_eq!(whole.refused, follow(input, 7).refused, "the verdict depends on how the bytes are cut");
    if let Some(head) = follow(input, 1).first_head {
        check_head(&input[..head]);
    }
});

/// What a connection came to.
struct Followed {
    refused: Option<Refused>,
    /// How long the first head was.
    first_head: Option<usize>,
}

/// Shows the input in pieces of this length; what was not passed on is shown again with what comes after it.
fn follow(input: &[u8], piece: usize) -> Followed {
    let (mut framing, mut passed, mut shown, mut first_head) = (Framing::new(BOUNDS), 0, 0, None);
    while shown < input.len() {
        shown = (shown + piece).min(input.len());
        match framing.see(&input[passed..shown]) {
            Ok(sound) => {
                passed += sound;
                first_head = first_head.or((passed > 0).then_some(passed));
            }
            Err(refused) => {
                let sound = passed + refused.sound;
                return Followed { refused: Some(Refused { sound, ..refused }), first_head };
            }
        }
    }
    Followed { refused: None, first_head }
}

/// A head that passed ends where another parser sees it end, and holds what that parser finds sound.
fn check_head(head: &[u8]) {
    let mut headers = [httparse::EMPTY_HEADER; BOUNDS.fields];
    let mut request = httparse::Request::new(&mut headers);
    assert_eq!(request.parse(head), Ok(httparse::Status::Complete(head.len())));
    assert_eq!(request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host")).count(), 1);
}
