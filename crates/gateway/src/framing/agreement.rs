//! For tests: the verdict does not depend on how the bytes are cut, and hyper sees each message end where this does.

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tokio::io::AsyncWriteExt;

use super::corpus::{BOUNDS, SOUND, UNSOUND};
use super::{Framing, Refused, Unsound};

/// What a connection came to: where each whole message ended, and why the rest was refused.
#[derive(Debug, Default, PartialEq, Eq)]
struct Verdict {
    ends: Vec<usize>,
    refused: Option<Refused>,
}

/// Shows the bytes cut at these places, as a reader does who keeps what could not be passed on.
fn judge(bytes: &[u8], cuts: &[usize]) -> Verdict {
    let (mut framing, mut verdict, mut passed) = (Framing::new(BOUNDS), Verdict::default(), 0);
    for cut in cuts.iter().map(|cut| cut % (bytes.len() + 1)).chain([bytes.len()]) {
        if cut <= passed {
            continue;
        }
        match framing.see(&bytes[passed..cut]) {
            Ok(sound) => passed += sound,
            Err(refused) => {
                let sound = passed + refused.sound;
                return Verdict { refused: Some(Refused { sound, ..refused }), ..verdict };
            }
        }
        if passed == cut && !framing.in_body() {
            verdict.ends.push(passed);
        }
    }
    verdict
}

fn byte_by_byte(bytes: &[u8]) -> Verdict {
    judge(bytes, &(1..bytes.len()).collect::<Vec<_>>())
}

/// How many requests hyper reads from the bytes, and whether it then finds itself between two messages.
fn hyper_reads(bytes: &[u8]) -> (usize, bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (mut client, server) = tokio::io::duplex(1 << 20);
        client.write_all(bytes).await.unwrap();
        client.shutdown().await.unwrap();
        let count = Rc::new(Cell::new(0));
        let counted = count.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let counted = counted.clone();
            async move {
                if request.into_body().collect().await.is_ok() {
                    counted.set(counted.get() + 1);
                }
                Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
            }
        });
        let served =
            http1::Builder::new().half_close(true).serve_connection(TokioIo::new(server), service).await;
        (count.get(), served.is_ok())
    })
}

/// Whether the head says that no other request follows, so that hyper reads none.
fn may_end_early(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    text.contains("http/1.0") || text.contains("close")
}

fn check_against_hyper(bytes: &[u8]) -> Result<(), TestCaseError> {
    for (number, end) in byte_by_byte(bytes).ends.into_iter().enumerate() {
        if !may_end_early(&bytes[..end]) {
            prop_assert_eq!(hyper_reads(&bytes[..end]), (number + 1, true));
        }
    }
    Ok(())
}

#[test]
fn sound_requests_pass() {
    for request in SOUND {
        let verdict = judge(request.as_bytes(), &[]);
        assert_eq!(verdict, Verdict { ends: vec![request.len()], refused: None }, "{request}");
    }
}

#[test]
fn each_way_to_smuggle_is_refused_for_what_it_is() {
    for (why, requests) in UNSOUND {
        for request in *requests {
            let refused = judge(request.as_bytes(), &[]).refused.map(|refused| refused.why);
            assert_eq!(refused, Some(*why), "{request:?}");
        }
    }
}

#[test]
fn every_fault_has_an_example() {
    let here = UNSOUND.iter().map(|(why, _)| *why).chain([Unsound::HeadTooLong, Unsound::Slow]);
    assert_eq!(here.collect::<std::collections::HashSet<_>>().len(), 20);
}

#[test]
fn hyper_agrees_on_sound_connections() {
    check_against_hyper(SOUND.concat().as_bytes()).unwrap();
}

/// Sound requests one after the other, with some bytes changed.
fn connections() -> impl Strategy<Value = Vec<u8>> {
    let requests = proptest::collection::vec(proptest::sample::select(SOUND), 1..4);
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        proptest::sample::select(&[
            "\r",
            "\n",
            "\r\n",
            " ",
            "\t",
            ":",
            ",",
            ";",
            "0",
            "\0",
            "chunked",
            "\r\n\r\n",
            "Host: door\r\n",
            "Content-Length: 3\r\n",
            "Transfer-Encoding: chunked\r\n",
            "0\r\n\r\n",
        ] as &[&str])
        .prop_map(|piece| piece.as_bytes().to_vec()),
        Just(Vec::new()),
    ];
    let change = (any::<proptest::sample::Index>(), 0..3_usize, piece);
    (requests, proptest::collection::vec(change, 0..4)).prop_map(|(requests, changes)| {
        changes.into_iter().fold(requests.concat().into_bytes(), |mut bytes, (at, cut, piece)| {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..(at + cut).min(bytes.len()), piece);
            bytes
        })
    })
}

fn cases() -> ProptestConfig {
    let soak = std::env::var_os("KEYWARD_SOAK").is_some();
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(if soak { 200_000 } else { 500 })
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_verdict_is_the_same_however_the_bytes_are_cut_soak(
        bytes in connections(),
        mut cuts in proptest::collection::vec(any::<usize>(), 0..20),
    ) {
        cuts.iter_mut().for_each(|cut| *cut %= bytes.len() + 1);
        cuts.sort_unstable();
        let whole = judge(&bytes, &[]);
        prop_assert_eq!(whole.refused, judge(&bytes, &cuts).refused);
        prop_assert_eq!(whole.refused, byte_by_byte(&bytes).refused);
    }

    #[test]
    fn hyper_agrees_on_where_each_message_ends_soak(bytes in connections()) {
        check_against_hyper(&bytes)?;
    }
}
