//! A row of the result.

use serde::Serialize;

/// One figure, under a name that stays.
#[derive(Serialize)]
pub(crate) struct Row {
    name: String,
    value: f64,
    unit: &'static str,
    /// The value as a multiple of the one that it is compared with.
    ratio: Option<f64>,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, ratio: None }
    }

    pub(crate) fn compared_with(self, other: f64) -> Self {
        Self { ratio: Some(self.value / other), ..self }
    }
}

/// The middle one: what a quiet machine would show, while the mean is pulled up by every disturbance.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
