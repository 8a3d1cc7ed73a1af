//! The checks, from the disk up.

use keyward_policy::KillSwitch;
use serde_json::Value;

use super::{Finding, Verdict};
use crate::data::private;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::kill_switch::read;
use crate::outcome::{Problem, code};

/// Runs every check, in an order in which the first failure is the one to mend first.
pub(super) async fn all(invocation: &mut Invocation) -> Vec<Finding> {
    let mut findings = vec![data(invocation)];
    findings.extend(files(invocation));
    findings.extend(kill_switch(invocation));
    findings.push(operations(invocation).await);
    findings.extend(vault(invocation).await);
    findings.push(audit(invocation).await);
    findings.extend(exposure(invocation));
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

/// A kill switch that somebody forgot to take away.
fn kill_switch(invocation: &Invocation) -> Option<Finding> {
    let file = invocation.data.kill_switch();
    let switch = read(&file);
    let on = (switch != KillSwitch::Off).then(|| format!("on: it stops {switch}"))?;
    let hint = format!("when it may go on: rm {}", file.display());
    Some(Finding::new("kill switch", Verdict::Warn, on).hint(hint))
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

/// What other hosts can reach, as far as the configuration file says.
fn exposure(invocation: &Invocation) -> Vec<Finding> {
    let config = &invocation.config;
    let control = config.control.listen.filter(|address| !address.ip().is_loopback()).map(|address| {
        Finding::new("exposure", Verdict::Warn, format!("the control port listens on {address}"))
            .hint("listen on 127.0.0.1, or let only your monitoring reach it")
    });
    let open = config.gateway.listen.iter().find(|address| !address.ip().is_loopback());
    let gateway = open.filter(|_| config.gateway.tls_cert.is_none()).map(|address| {
        Finding::new("exposure", Verdict::Warn, format!("the gateway listens on {address} without TLS"))
            .hint("set tls_cert and tls_key, or put a proxy with TLS in front of it")
    });
    let found: Vec<_> = control.into_iter().chain(gateway).collect();
    if found.is_empty() {
        return vec![Finding::new(
            "exposure",
            Verdict::Ok,
            "nothing in the configuration is open to other hosts",
        )];
    }
    found
}

fn failed(check: &'static str, error: &anyhow::Error) -> Finding {
    let hint = error.downcast_ref::<Problem>().and_then(|problem| problem.hint.clone());
    Finding { hint, ..Finding::new(check, Verdict::Fail, format!("{error:#}")) }
}
