//! From rounds to rows: a ratio is taken inside each round, and the row is the median over the rounds.

use super::measured::Measured;
use super::round::Round;
use crate::bench::row::{Row, median};

/// The rows of all rounds.
pub(super) fn rows(rounds: &[Round]) -> Vec<Row> {
    let over = |of: &dyn Fn(&Round) -> f64| median(rounds.iter().map(of));
    let mut rows = vec![
        ratio("gateway_cpu_vs_nginx", over(&|round| round.full.keyward.cpu_us / round.full.nginx.cpu_us)),
        ratio(
            "gateway_cpu_vs_haproxy_hmac",
            over(&|round| round.full.keyward.cpu_us / round.full.haproxy.cpu_us),
        ),
        micros("gateway_p99_added_us", over(&|round| round.half.keyward.p99_us - round.half.direct.p99_us)),
        micros("gateway_p50_added_us", over(&|round| round.half.keyward.p50_us - round.half.direct.p50_us)),
        micros("nginx_p99_added_us", over(&|round| round.half.nginx.p99_us - round.half.direct.p99_us)),
        micros("nginx_p50_added_us", over(&|round| round.half.nginx.p50_us - round.half.direct.p50_us)),
        ratio("gateway_orders_vs_reads", over(&|round| round.orders.full.rate / round.full.keyward.rate)),
        micros(
            "gateway_intent_added_us",
            over(&|round| round.orders.half.p50_us - round.orders.reads.p50_us),
        ),
    ];
    rows.extend(door("nginx", rounds, &|round| round.full.nginx));
    rows.extend(door("haproxy", rounds, &|round| round.full.haproxy));
    rows.extend(door("gateway", rounds, &|round| round.full.keyward));
    rows.extend(door("gateway_orders", rounds, &|round| round.orders.full));
    rows
}

/// The four figures of a door, each beside nginx's.
fn door(name: &str, rounds: &[Round], of: &dyn Fn(&Round) -> Measured) -> [Row; 4] {
    let row = |what: &str, unit: &str, figure: &dyn Fn(Measured) -> f64| {
        let value = median(rounds.iter().map(|round| figure(of(round))));
        let ratio = median(rounds.iter().map(|round| figure(of(round)) / figure(round.full.nginx)));
        Row::new(format!("{name}_{what}"), value, unit).with_ratio(ratio)
    };
    [
        row("requests_per_s", "requests/s", &|measured| measured.rate),
        row("cpu_us", "us", &|measured| measured.cpu_us),
        row("p50_us", "us", &|measured| measured.p50_us),
        row("p99_us", "us", &|measured| measured.p99_us),
    ]
}

fn ratio(name: &str, value: f64) -> Row {
    Row::new(name, value, "ratio").with_ratio(value)
}

fn micros(name: &str, value: f64) -> Row {
    Row::new(name, value, "us")
}
