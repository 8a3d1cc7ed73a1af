//! Four eyes on the command line: who works on the host asks, another operator agrees at the control port, and the host carries
//! it out; a file that widens a key asks in the same way.

use serde_json::{Value, json};

use crate::people::Browser;
use crate::world::World;

/// A project of four eyes with a key, and two who may agree.
struct Desk {
    world: World,
}

impl Desk {
    fn new() -> Self {
        let world = World::start();
        world.key("bot", &["--allow", "read,trade", "--ip", "203.0.113.7"]);
        Self { world }
    }

    /// One who may agree.
    fn joins(&self, name: &str) -> Browser<'_> {
        let invited = self.world.operate(&["operator", "invite", name, "--role", "owner"]);
        let mut browser = Browser::new(&self.world);
        browser.join(invited["invitation"].as_str().unwrap());
        browser
    }

    /// Asks for a change, and says under which id it waits.
    fn asks(&self, args: &[&str]) -> String {
        let ran = self.world.run(args);
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(!ran.status.success() && said.contains("takes a second operator"), "{said}");
        let waiting = self.world.operate(&["consent", "list"]);
        waiting.as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
    }

    fn addresses(&self) -> Value {
        self.world.operate(&["key", "show", "bot"])["ip"].clone()
    }
}

#[test]
fn what_widens_waits_for_another_operator_and_is_then_carried_out_once() {
    let desk = Desk::new();
    let (mut ada, _grace) = (desk.joins("ada"), desk.joins("grace"));
    desk.world.operate(&["project", "update", "bots", "--four-eyes", "yes"]);
    let id = desk.asks(&["key", "update", "bot", "--ip", "0.0.0.0/0"]);
    let shown = desk.world.operate(&["consent", "show", &id]);
    assert!(shown["words"].to_string().contains("0.0.0.0/0"), "{shown}");
    assert!(!desk.world.run(&["consent", "use", &id]).status.success(), "nobody has agreed");
    assert_eq!(desk.addresses(), json!(["203.0.113.7/32"]));
    assert_eq!(ada.ask("POST", &format!("/consents/{id}/give"), &Value::Null).status, 200);
    desk.world.operate(&["consent", "use", &id]);
    assert_eq!(desk.addresses(), json!(["0.0.0.0/0"]));
    assert!(!desk.world.run(&["consent", "use", &id]).status.success(), "once");
    let log = desk.world.operate(&["audit", "tail"]).to_string();
    assert!(log.contains("\"consented_by\":\"ada\""), "{log}");
}

#[test]
fn a_file_that_widens_a_key_asks_too_and_a_refusal_leaves_all_as_it_is() {
    let desk = Desk::new();
    let (_ada, _grace) = (desk.joins("ada"), desk.joins("grace"));
    desk.world.operate(&["project", "update", "bots", "--four-eyes", "yes"]);
    let text =
        desk.world.operate(&["export"])["toml"].as_str().unwrap().replace("203.0.113.7/32", "0.0.0.0/0");
    let file = desk.world.path("door.toml");
    std::fs::write(&file, text).unwrap();
    let id = desk.asks(&["apply", "-f", &file, "--yes"]);
    desk.world.operate(&["consent", "refuse", &id]);
    assert_eq!(desk.world.operate(&["consent", "list"]), json!([]));
    assert_eq!(desk.addresses(), json!(["203.0.113.7/32"]));
}
