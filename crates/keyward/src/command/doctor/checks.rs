//! The checks, from the disk up.

use serde_json::Value;

use super::{Finding, Verdict};
use crate::data::private;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::outcome::{Problem, code};

/// Runs every check, in an order in which the first failure is the one to mend first.
pub(super) async fn all(invocation: &mut Invocation) -> Vec<Finding> {
    let mut findings = vec![data(invocation)];
    findings.extend(files(invocation));
    findings.push(operations(invocation).await);
    findings.extend(vault(invocation).await);
    findings.push(audit(invocation).await);
    findings.push(exposure(invocation));
    findings
}

fn data(invocation: &Invocation) -> Finding {
    let path = invocation.data.path().display().to_string();
    match invocation.data.private() {
        Ok(true) => Finding::new("data", Verdict::Ok, format!("{path}: only its owner can enter")),
        Ok(false) => {
            Finding::new("data", Verdict::Fail, format!("{path}: other users of this host can enter"))
                .hint(format!("chmod 700 {path}"))
        }
        Err(error) => Finding::new("data", Verdict::Warn, format!("{path}: {error}"))
            .hint("`keyward vault init` makes it; or name another directory with --data DIR"),
    }
}

/// Files that others could read, were the directory ever opened to them.
fn files(invocation: &Invocation) -> Vec<Finding> {
    let data = &invocation.data;
    let files = [data.database(), data.socket(), data.config()];
    let open = files.iter().filter(|path| private(path).is_ok_and(|private| !private));
    open.map(|path| {
        let path = path.display();
        Finding::new("files", Verdict::Warn, format!("{path}: other users could read it"))
            .hint(format!("chmod 600 {path}"))
    })
    .collect()
}

/// The database answers, wherever it is.
async fn operations(invocation: &mut Invocation) -> Finding {
    match invocation.call(&Call::get(path(&["venues"]))).await {
        Ok(_) => Finding::new("database", Verdict::Ok, "it answers"),
        Err(error) => failed("database", &error),
    }
}

async fn vault(invocation: &mut Invocation) -> Vec<Finding> {
    let status = match invocation.call(&Call::get(path(&["vault"]))).await {
        Ok(status) => status,
        Err(error) => return vec![failed("vault", &error)],
    };
    vec![vault_state(&status, invocation.served()), memory(&status)]
}

fn vault_state(status: &Value, served: bool) -> Finding {
    match (status["state"].as_str(), served) {
        (Some("missing"), _) => {
            Finding::new("vault", Verdict::Warn, "there is none yet").hint("keyward vault init")
        }
        (Some("sealed"), true) => Finding::new("vault", Verdict::Warn, "sealed: the server signs nothing")
            .hint("keyward vault unseal"),
        (Some(state), _) => Finding::new("vault", Verdict::Ok, state),
        (None, _) => Finding::new("vault", Verdict::Fail, "its state is unknown"),
    }
}

fn memory(status: &Value) -> Finding {
    if status["memory_locked"] == true {
        return Finding::new("memory", Verdict::Ok, "secrets are kept out of the swap and of core dumps");
    }
    Finding::new("memory", Verdict::Warn, "the system does not let Keyward lock its secrets into memory")
        .hint("raise the limit of locked memory (`ulimit -l`, or LimitMEMLOCK= of the service)")
}

async fn audit(invocation: &mut Invocation) -> Finding {
    match invocation.call(&Call::act(path(&["audit", "verify"]))).await {
        Ok(report) => {
            let found =
                format!("{} entries, {} of them proven unchanged", report["entries"], report["signed"]);
            Finding::new("audit log", Verdict::Ok, found)
        }
        Err(error) if code(&error) == Some("audit_unsigned") => {
            Finding::new("audit log", Verdict::Warn, format!("{error:#}"))
                .hint("unseal the vault, which signs it")
        }
        Err(error) => failed("audit log", &error),
    }
}

/// The control port tells strangers no secret, but how many requests are refused and why.
fn exposure(invocation: &Invocation) -> Finding {
    match invocation.config.control.listen {
        Some(address) if !address.ip().is_loopback() => {
            Finding::new("exposure", Verdict::Warn, format!("the control port listens on {address}"))
                .hint("listen on 127.0.0.1, or let only your monitoring reach it")
        }
        _ => Finding::new("exposure", Verdict::Ok, "the control port is not configured for other hosts"),
    }
}

fn failed(check: &'static str, error: &anyhow::Error) -> Finding {
    let hint = error.downcast_ref::<Problem>().and_then(|problem| problem.hint.clone());
    Finding { hint, ..Finding::new(check, Verdict::Fail, format!("{error:#}")) }
}
