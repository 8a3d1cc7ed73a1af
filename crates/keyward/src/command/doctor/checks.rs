//! The checks, from the disk up.

use keyward_policy::{Clock, KillSwitch};
use serde_json::Value;

use super::process::Process;
use super::{Finding, disk, exposure, host, process};
use crate::data::private;
use crate::door::{Call, path};
use crate::host::SystemClock;
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
    let server = Process::behind(&invocation.data.socket()).await;
    findings.push(process::confinement(server.as_ref()));
    findings.extend(exposure::all(&invocation.data.hand_over(), &invocation.config));
    findings.extend(host::all(server.as_ref(), SystemClock.now().as_second()));
    findings.push(process::limits(&server.unwrap_or_else(Process::own)));
    findings.extend(disk::all(invocation.data.path()));
    findings
}

fn data(invocation: &Invocation) -> Finding {
    let path = invocation.data.path().display().to_string();
    match invocation.data.private() {
        Ok(true) => Finding::ok("data", format!("{path}: only its owner can enter")),
        Ok(false) => Finding::fail(
            "data",
            format!("{path}: other users of this host can enter"),
            format!("chmod 700 {path}"),
        ),
        Err(error) => Finding::warn(
            "data",
            format!("{path}: {error}"),
            "`keyward vault init` makes it; or name another directory with --data DIR",
        ),
    }
}

/// A kill switch that somebody forgot to take away.
fn kill_switch(invocation: &Invocation) -> Option<Finding> {
    let file = invocation.data.kill_switch();
    let switch = read(&file);
    let on = (switch != KillSwitch::Off).then(|| format!("on: it stops {switch}"))?;
    let hint = format!("when it may go on: rm {}", file.display());
    Some(Finding::warn("kill switch", on, hint))
}

/// Files that others could read, were the directory ever opened to them.
fn files(invocation: &Invocation) -> Vec<Finding> {
    let data = &invocation.data;
    let files = [data.database(), data.socket(), data.config()];
    let open = files.iter().filter(|path| private(path).is_ok_and(|private| !private));
    open.map(|path| {
        let path = path.display();
        Finding::warn("files", format!("{path}: other users could read it"), format!("chmod 600 {path}"))
    })
    .collect()
}

/// The database answers, wherever it is.
async fn operations(invocation: &mut Invocation) -> Finding {
    match invocation.call(&Call::get(path(&["venues"]))).await {
        Ok(_) => Finding::ok("database", "it answers"),
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
        (Some("missing"), _) => Finding::warn("vault", "there is none yet", "keyward vault init"),
        (Some("sealed"), true) => {
            Finding::warn("vault", "sealed: the server signs nothing", "keyward vault unseal")
        }
        (Some(state), _) => Finding::ok("vault", state),
        (None, _) => Finding::fail("vault", "its state is unknown", "look into the server's log"),
    }
}

fn memory(status: &Value) -> Finding {
    if status["memory_locked"] == true {
        return Finding::ok("memory", "secrets are kept out of the swap and of core dumps");
    }
    Finding::warn(
        "memory",
        "the system does not let Keyward lock its secrets into memory",
        "raise the limit of locked memory (`ulimit -l`, or LimitMEMLOCK= of the service)",
    )
}

async fn audit(invocation: &mut Invocation) -> Finding {
    match invocation.call(&Call::act(path(&["audit", "verify"]))).await {
        Ok(report) => {
            let found =
                format!("{} entries, {} of them proven unchanged", report["entries"], report["signed"]);
            Finding::ok("audit log", found)
        }
        Err(error) if code(&error) == Some("audit_unsigned") => {
            Finding::warn("audit log", format!("{error:#}"), "unseal the vault, which signs it")
        }
        Err(error) => failed("audit log", &error),
    }
}

fn failed(check: &'static str, error: &anyhow::Error) -> Finding {
    let hint = error.downcast_ref::<Problem>().and_then(|problem| problem.hint.clone());
    Finding::fail(
        check,
        format!("{error:#}"),
        hint.unwrap_or_else(|| "mend what it says, then look again".to_owned()),
    )
}
