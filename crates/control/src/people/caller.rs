//! Who is at the other end before anybody has signed in.

use std::net::IpAddr;

/// The longest name of a browser that is kept, in characters.
const AGENT_MAX: usize = 200;

/// An address, and what the program there calls itself.
#[derive(Clone, Debug)]
pub struct Caller {
    pub(crate) address: IpAddr,
    pub(crate) agent: String,
}

impl Caller {
    /// A caller. What it calls itself is cut to a bearable length, and what does not print is left out.
    pub fn new(address: IpAddr, agent: &str) -> Self {
        let agent = agent.chars().filter(|letter| !letter.is_control()).take(AGENT_MAX).collect();
        Self { address: address.to_canonical(), agent }
    }

    /// Whom attempts are counted for: an address, or the network that one subscriber has (RFC 6177).
    pub(crate) fn network(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(_) => self.address,
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_has_one_network() {
        let network = |text: &str| Caller::new(text.parse().unwrap(), "").network().to_string();
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[test]
    fn a_browser_does_not_call_itself_anything() {
        let caller = Caller::new([127, 0, 0, 1].into(), &format!("a\nb{}", "x".repeat(1000)));
        assert_eq!((caller.agent.len(), &caller.agent[..3]), (200, "abx"));
    }
}
