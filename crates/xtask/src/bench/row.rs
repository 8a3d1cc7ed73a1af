//! A row of the result.

use serde::{Deserialize, Serialize};

/// One figure, under a name that stays.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Row {
    name: String,
    value: f64,
    unit: String,
    /// The value as a multiple of the one that it is compared with; PERFORMANCE.md says which.
    ratio: Option<f64>,
}

impl Row {
    /// A figure on its own.
    pub(super) fn new(name: impl Into<String>, value: f64, unit: &str) -> Self {
        Self { name: name.into(), value, unit: unit.to_owned(), ratio: None }
    }

    /// A figure, and how many times another it is.
    pub(super) fn with_ratio(self, ratio: f64) -> Self {
        Self { ratio: Some(ratio), ..self }
    }

    /// The row as a line of a table.
    pub(super) fn in_markdown(&self) -> String {
        let Self { name, value, unit, ratio } = self;
        let decimals = if value.abs() < 100.0 { 2 } else { 0 };
        let ratio = ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        format!("| `{name}` | {value:.decimals$} | {unit} | {ratio} |")
    }
}

/// The middle value: a disturbance of one round does not move it, while the mean follows every one.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Shows the rows to a person.
pub(super) fn print(rows: &[Row]) {
    for Row { name, value, unit, ratio } in rows {
        let ratio = ratio.map(|ratio| format!("{ratio:>8.2}×")).unwrap_or_default();
        println!("{name:<34} {value:>12.2} {unit:<10} {ratio}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wild_value_does_not_move_the_median() {
        assert_eq!(median([3.0, 1.0, 900.0, 2.0, 4.0]), 3.0);
        assert!(median([]).is_nan());
    }

    #[test]
    fn a_row_is_what_the_core_bench_prints() {
        let printed = r#"{"name":"core_hmac_ns","value":1.5,"unit":"ns","ratio":null}"#;
        assert_eq!(serde_json::from_str::<Row>(printed).unwrap(), Row::new("core_hmac_ns", 1.5, "ns"));
    }
}
