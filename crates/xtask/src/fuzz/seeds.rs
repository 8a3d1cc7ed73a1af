//! What fuzzing begins with: requests that real clients sent, as they stood on the wire, and the example of each file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// A captured request, as `crates/dialect/testdata` keeps it.
#[derive(Deserialize)]
struct Captured {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// Writes the seeds of one target into its corpus, beside what earlier runs found.
pub(super) fn write(root: &Path, target: &str) -> Result<()> {
    let corpus = root.join("fuzz/corpus").join(target);
    fs::create_dir_all(&corpus)?;
    for (number, seed) in of(root, target)?.into_iter().enumerate() {
        fs::write(corpus.join(format!("seed-{number}")), seed)?;
    }
    Ok(())
}

fn of(root: &Path, target: &str) -> Result<Vec<Vec<u8>>> {
    let captured = root.join("crates/dialect/testdata");
    match target {
        "config" => Ok(vec![fs::read(root.join("crates/keyward/keyward.example.toml"))?]),
        "framing" => all_requests(&captured),
        "proxy_protocol" => Ok(introductions()),
        _ => match target.strip_prefix("dialect_") {
            Some(dialect) => requests(&captured.join(dialect)),
            None => Ok(Vec::new()),
        },
    }
}

fn all_requests(captured: &Path) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for dialect in fs::read_dir(captured)? {
        all.extend(requests(&dialect?.path())?);
    }
    Ok(all)
}

/// The requests in a dialect's folder; its lists of endpoints hold none.
fn requests(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for file in
        fs::read_dir(folder).with_context(|| format!("no captured requests in {}", folder.display()))?
    {
        let path = file?.path();
        let is_capture =
            path.extension().is_some_and(|end| end == "jsonl") && !path.ends_with("endpoints.jsonl");
        if is_capture {
            let text = fs::read_to_string(&path)?;
            let captured =
                text.lines().map(|line| serde_json::from_str::<Captured>(line).map(|one| one.as_sent()));
            all.extend(captured.collect::<Result<Vec<_>, _>>().with_context(|| path.display().to_string())?);
        }
    }
    Ok(all)
}

impl Captured {
    fn as_sent(&self) -> Vec<u8> {
        let headers: String =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("{} {} HTTP/1.1\r\n{headers}\r\n{}", self.method, self.target, self.body).into_bytes()
    }
}

/// PROXY protocol v2 headers: of a balancer for itself, for a client of each family, and with a trailing checksum.
fn introductions() -> Vec<Vec<u8>> {
    let header = |command: u8, family: u8, rest: &[u8]| {
        let length = u16::try_from(rest.len()).unwrap_or_default().to_be_bytes();
        [b"\r\n\r\n\0\r\nQUIT\n", &[command, family][..], &length, rest].concat()
    };
    let v4 = [192, 0, 2, 7, 10, 0, 0, 1, 0x1f, 0x90, 0, 80];
    let checked = [&v4[..], &[3, 0, 4, 1, 2, 3, 4]].concat();
    vec![
        header(0x20, 0, &[]),
        header(0x21, 0x11, &v4),
        header(0x21, 0x21, &[7; 36]),
        header(0x21, 0x11, &checked),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::root;

    #[test]
    fn every_target_begins_with_something() {
        let targets = fs::read_dir(root().join("fuzz/targets")).unwrap();
        for target in targets.map(|file| file.unwrap().path()) {
            let name = target.file_stem().unwrap().to_string_lossy().into_owned();
            assert!(!of(root(), &name).unwrap().is_empty(), "{name}");
        }
    }
}
