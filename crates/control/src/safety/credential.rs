//! What is to be said of a real key, by what the exchange said of it.

use jiff::Timestamp;
use keyward_policy::Checked;

use super::{Finding, Level, Rule, days, finding, of_days, sorted};

/// What the exchange said longer ago may have been changed there since.
const CHECKED_DAYS: i64 = 30;

/// What is to be said of a real key, the worst first.
pub(crate) fn of_credential(check: Option<&Checked>, now: Timestamp) -> Vec<Finding> {
    let Some(check) = check else {
        let advice = "Ask the exchange, so that you know what a thief would get";
        let what = "The exchange was never asked what it may do";
        return sorted([finding(Rule::NotChecked, Level::Warn, what, advice)]);
    };
    sorted([withdraws(check), unbound(check), transfers(check), age(check, now)])
}

fn withdraws(check: &Checked) -> Option<Finding> {
    let advice = "Switch withdrawals off at the exchange";
    let what = "This real key can withdraw";
    check.can_withdraw.then(|| finding(Rule::Withdraws, Level::Danger, what, advice)).flatten()
}

fn unbound(check: &Checked) -> Option<Finding> {
    let advice = "Restrict it at the exchange to the address of this host";
    let what = "The exchange takes this real key from any address";
    (!check.ip_restricted).then(|| finding(Rule::AnyAddress, Level::Warn, what, advice)).flatten()
}

fn transfers(check: &Checked) -> Option<Finding> {
    let advice = "Switch that off at the exchange, unless a key needs it";
    let what = "This real key can move money inside the exchange";
    check.can_transfer.then(|| finding(Rule::Transfers, Level::Note, what, advice)).flatten()
}

fn age(check: &Checked, now: Timestamp) -> Option<Finding> {
    let age = days(check.at, now);
    let what = format!("The exchange was asked {} ago what it may do", of_days(age));
    (age >= CHECKED_DAYS).then(|| finding(Rule::NotChecked, Level::Note, what, "Ask again")).flatten()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const GOOD: Checked =
        Checked { at: Timestamp::UNIX_EPOCH, can_withdraw: false, can_transfer: false, ip_restricted: true };

    fn rules(check: Option<&Checked>, day: i64) -> Vec<Rule> {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day);
        of_credential(check, now).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_real_key_is_judged_by_what_the_exchange_said_last() {
        assert_eq!(rules(None, 0), [Rule::NotChecked]);
        assert_eq!(rules(Some(&GOOD), 29), []);
        assert_eq!(rules(Some(&GOOD), 30), [Rule::NotChecked]);
        let wide = Checked { can_withdraw: true, can_transfer: true, ip_restricted: false, ..GOOD };
        assert_eq!(rules(Some(&wide), 0), [Rule::Withdraws, Rule::AnyAddress, Rule::Transfers]);
    }
}
