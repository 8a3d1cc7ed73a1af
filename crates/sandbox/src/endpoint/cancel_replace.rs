//! Takes one order back and places another.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, new_order, read, view};
use crate::auth::Caller;
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::post("/api/v3/order/cancelReplace", 1, Run::Order(run));

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let stops_on_failure = match asked.params.required("cancelReplaceMode")? {
        "STOP_ON_FAILURE" => true,
        "ALLOW_FAILURE" => false,
        _ => return Err(Refusal::BadData("cancelReplaceMode")),
    };
    read::new_order(asked.params)?;
    let canceled = cancel(asked, caller)?;
    let placed = match &canceled {
        Err(_) if stops_on_failure => None,
        _ => Some(new_order::run(asked, caller)),
    };
    answer(canceled, placed)
}

fn cancel(asked: &Asked<'_>, caller: &Caller) -> Result<Result<Value, Refusal>, Refusal> {
    let symbol = read::symbol(asked.params)?;
    let named = read::named(asked.params, "cancelOrderId", "cancelOrigClientOrderId")?;
    let client_id = read::client_id(asked.params, "cancelNewClientOrderId")?;
    let canceled = asked.exchange.floor.lock().engine.cancel(caller.account, symbol, &named, asked.now_ms);
    Ok(canceled.map(|order| view::canceled(&order, client_id, asked.now_ms)).map_err(Refusal::from))
}

/// Success is said plainly; anything else is an error that carries both outcomes.
fn answer(
    canceled: Result<Value, Refusal>,
    placed: Option<Result<Value, Refusal>>,
) -> Result<Value, Refusal> {
    let succeeded = [canceled.is_ok(), matches!(placed, Some(Ok(_)))];
    let data = json!({
        "cancelResult": word(Some(&canceled)),
        "newOrderResult": word(placed.as_ref()),
        "cancelResponse": told(Some(canceled)),
        "newOrderResponse": told(placed),
    });
    match succeeded {
        [true, true] => Ok(data),
        [false, false] => Err(Refusal::CancelReplace { partially: false, data }),
        _ => Err(Refusal::CancelReplace { partially: true, data }),
    }
}

fn word(outcome: Option<&Result<Value, Refusal>>) -> &'static str {
    match outcome {
        None => "NOT_ATTEMPTED",
        Some(Ok(_)) => "SUCCESS",
        Some(Err(_)) => "FAILURE",
    }
}

fn told(outcome: Option<Result<Value, Refusal>>) -> Value {
    match outcome {
        None => Value::Null,
        Some(Ok(row)) => row,
        Some(Err(refusal)) => json!({ "code": refusal.code(), "msg": refusal.to_string() }),
    }
}
