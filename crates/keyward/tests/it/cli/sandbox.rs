//! The sandbox exchange from the command line.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::run::keyward;

#[test]
fn the_sandbox_announces_itself_in_one_line_of_json() {
    let mut command = keyward();
    command.args(["sandbox", "--listen", "127.0.0.1:0", "--json"]).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let announced: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(announced["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let account = &announced["accounts"][0];
    assert!(account["api_key"].is_string() && account["secret"].is_string());
}
