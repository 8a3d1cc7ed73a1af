//! How long a server with many keys needs until it serves, after the power went: killed, not stopped.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::keyward::Keyward;
use super::row::{Row, median};
use super::say;
use crate::process::target;

/// How many keys are issued, through the control API as a script would.
const KEYS: usize = 100_000;
/// Scripts that issue them at once.
const SCRIPTS: usize = 8;
/// An exchange that nobody asks.
const EXCHANGE: u16 = 9;

/// Issues the keys, then kills and starts the server in turn.
pub(super) fn rows(rounds: usize) -> Result<Vec<Row>> {
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(target()?)?;
    let keyward = Keyward::build(folder.path())?;
    keyward.init()?;
    let mut server = keyward.serve("0")?;
    keyward.open_door(EXCHANGE)?;
    say(format_args!("start: issuing {KEYS} keys"));
    issue(&keyward.socket())?;
    let mut waits = Vec::new();
    for _ in 0..rounds {
        drop(server);
        let killed = Instant::now();
        server = keyward.serve("0")?;
        waits.push(killed.elapsed().as_secs_f64() * 1000.0);
        say(format_args!("start: {:.0} ms", waits.last().unwrap_or(&f64::NAN)));
    }
    Ok(vec![Row::new("start_after_kill_ms_100k", median(waits), "ms")])
}

fn issue(socket: &Path) -> Result<()> {
    thread::scope(|scope| {
        let script =
            |first| scope.spawn(move || (first..KEYS).step_by(SCRIPTS).try_for_each(create_on(socket)?));
        let scripts: Vec<_> = (0..SCRIPTS).map(script).collect();
        let ended =
            scripts.into_iter().map(|script| script.join().map_err(|_| anyhow::anyhow!("a script died"))?);
        ended.collect()
    })
}

/// Creates keys over one connection.
fn create_on(socket: &Path) -> Result<impl FnMut(usize) -> Result<()>> {
    let mut stream = UnixStream::connect(socket).context("the control plane takes no connection")?;
    let mut answers = BufReader::new(stream.try_clone()?);
    Ok(move |number| {
        let body = format!(
            r#"{{"name":"bot{number}","project":"bots","credentials":["main"],"allow":["read","trade"]}}"#
        );
        let length = body.len();
        write!(
            stream,
            "POST /api/v1/keys HTTP/1.1\r\nHost: keyward\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )?;
        answered(&mut answers)
    })
}

/// Reads an answer, which must say that the key was created.
fn answered(answers: &mut impl BufRead) -> Result<()> {
    let (status, mut length) = (line(answers)?, 0);
    loop {
        let header = line(answers)?.to_ascii_lowercase();
        if let Some(said) = header.strip_prefix("content-length:") {
            length = said.trim().parse()?;
        }
        if header.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    answers.read_exact(&mut body)?;
    let said = String::from_utf8_lossy(&body);
    ensure!(status.starts_with("HTTP/1.1 2"), "a key was refused: {status}: {said}");
    Ok(())
}

fn line(answers: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
