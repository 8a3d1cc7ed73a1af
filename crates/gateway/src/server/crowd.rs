//! The crowd: how many connections each sender has, so that none takes the room of all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::sender::Sender;

/// The connections of all senders; an IPv6 /64 is one.
///
/// It holds no more entries than there are connections.
#[derive(Debug)]
pub struct Crowd {
    most: usize,
    connections: Mutex<HashMap<Sender, usize>>,
}

/// One connection's place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    crowd: Arc<Crowd>,
    sender: Sender,
}

impl Crowd {
    /// Room for this many connections of each sender.
    pub fn new(most: usize) -> Self {
        Self { most, connections: Mutex::default() }
    }

    /// A place for one more connection of this sender, if it may have one.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let sender = Sender::of(address);
        let mut connections = self.connections.lock();
        let here = connections.entry(sender).or_default();
        if *here >= self.most {
            return None;
        }
        *here += 1;
        Some(Place { crowd: self.clone(), sender })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut connections = self.crowd.connections.lock();
        if let Some(here) = connections.get_mut(&self.sender) {
            *here -= 1;
            if *here == 0 {
                connections.remove(&self.sender);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_has_so_many_places_and_takes_none_from_others() {
        let crowd = Arc::new(Crowd::new(2));
        let enter = |address: &str| crowd.enter(address.parse().unwrap());
        let places = [enter("192.0.2.1"), enter("192.0.2.1")];
        assert!(places.iter().all(Option::is_some));
        assert!(enter("192.0.2.1").is_none());
        assert!(enter("192.0.2.2").is_some());
        drop(places);
        assert!(enter("192.0.2.1").is_some());
        assert!(crowd.connections.lock().is_empty(), "who has left is forgotten");
    }
}
