//! A server on a clock that the test moves, the people who come to it, and what an attack must come to: nothing.

use serde_json::{Value, json};

use crate::people::{Browser, Device, PASSWORD};
use crate::wire::{Reply, Wire};
use crate::world::{Setup, World};

/// What an attack could have changed.
const STATE: [&str; 9] = [
    "/operators",
    "/tokens",
    "/projects",
    "/venues",
    "/credentials",
    "/keys",
    "/approvals",
    "/consents",
    "/vault",
];
/// What changes by mere use.
const BY_USE: [&str; 2] = ["used_at", "last_used_at"];

/// A server, and everybody at it.
pub(super) struct Scene {
    pub(super) world: World,
}

/// An operator in a session, with everything that is his.
#[derive(Clone)]
pub(super) struct Person<'w> {
    pub(super) name: &'static str,
    pub(super) browser: Browser<'w>,
    pub(super) device: Device,
    pub(super) recovery: Vec<String>,
    /// The code that he used last.
    pub(super) used: String,
}

impl Scene {
    /// A server with a vault and nobody.
    pub(super) fn new() -> Self {
        Self::with(Setup { furnished: false, ..Setup::BINANCE })
    }

    /// A server that differs from the usual one.
    pub(super) fn with(setup: Setup) -> Self {
        Self { world: World::with(Setup { faketime: true, quiet: true, ..setup }) }
    }

    /// An operator who has just joined.
    pub(super) fn person(&self, name: &'static str, role: &str) -> Person<'_> {
        let mut browser = Browser::new(&self.world);
        let joined = browser.join(&self.invitation(name, role));
        Person { name, browser, device: joined.device, recovery: joined.recovery, used: joined.code }
    }

    /// What an invitation's link ends in.
    pub(super) fn invitation(&self, name: &str, role: &str) -> String {
        let invited = self.world.operator().post("/operators", &json!({ "name": name, "role": role }));
        invited["invitation"].as_str().unwrap().to_owned()
    }

    /// What a program shows that has a token.
    pub(super) fn token(&self, name: &str, role: &str) -> String {
        let made = self.world.operator().post("/tokens", &json!({ "name": name, "role": role }));
        format!("Bearer {}", made["bearer"].as_str().unwrap())
    }

    /// What a program asks that shows this.
    pub(super) fn program(&self, bearer: &str, method: &'static str, path: &str, input: &Value) -> Reply {
        let nobody = Browser::new(&self.world);
        nobody.send(&nobody.wire(method, path, input).header("Authorization", bearer))
    }

    /// Tries what must come to nothing: it is refused with this code, that somebody tried this operation is on record, and
    /// nothing is another than before.
    pub(super) fn repels(&self, code: &str, who: &str, operation: &str, attack: impl FnOnce() -> Reply) {
        let before = self.log().len();
        self.ignores(code, attack);
        let is_it = |entry: &&Value| {
            entry["actor"]["name"] == who && entry["operation"] == operation && tells(&entry["details"], code)
        };
        let log = self.log();
        assert!(log[before..].iter().any(|entry| is_it(&entry)), "{who} {operation}: {:?}", &log[before..]);
    }

    /// The same where nobody is named, and so nothing is on record.
    pub(super) fn ignores(&self, code: &str, attack: impl FnOnce() -> Reply) {
        let before = self.state();
        let reply = attack();
        let is_page = reply.body.contains(&format!("<code>{code}</code>"));
        assert!(reply.json()["code"] == code || is_page, "{code} is not what it says: {reply:?}");
        assert!((400..500).contains(&reply.status), "{reply:?}");
        assert_eq!(reply.header("set-cookie"), None);
        assert_eq!(self.state(), before, "{reply:?}");
    }

    /// Everything that an attack could have changed.
    pub(super) fn state(&self) -> Vec<Value> {
        let mut state = STATE.map(|path| self.world.operator().get(path));
        state.iter_mut().for_each(leave_out);
        state.to_vec()
    }

    /// The audit log.
    pub(super) fn log(&self) -> Vec<Value> {
        self.world.operator().get("/audit?limit=1000")["items"].as_array().unwrap().clone()
    }

    /// Whether somebody has done this.
    pub(super) fn has_on_record(&self, who: &str, operation: &str) -> bool {
        self.log().iter().any(|entry| entry["actor"]["name"] == who && entry["operation"] == operation)
    }
}

impl<'w> Person<'w> {
    /// What his device shows now.
    pub(super) fn code(&self) -> String {
        self.device.code(self.browser.world)
    }

    /// Asks the API in his session.
    pub(super) fn ask(&self, method: &'static str, path: &str, input: &Value) -> Reply {
        self.browser.send(&self.browser.wire(method, path, input))
    }

    /// Whether his session still does anything.
    pub(super) fn is_in(&self) -> bool {
        self.ask("GET", "/keys", &Value::Null).status == 200
    }

    /// Somebody's attempt to sign in as him, from a browser without a session.
    pub(super) fn attempt(&self, password: &str, code: &str) -> Wire {
        let input = json!({ "name": self.name, "password": password, "code": code });
        Browser::new(self.browser.world).wire("POST", "/session", &input)
    }

    /// He signs in once more, in another browser, with the next code.
    pub(super) fn again(&self) -> Self {
        self.browser.world.pass_s(30);
        let (mut browser, used) = (Browser::new(self.browser.world), self.code());
        let reply = browser.send(&self.attempt(PASSWORD, &used));
        assert_eq!(reply.status, 200, "{reply:?}");
        browser.take_cookie(&reply);
        Self { browser, used, ..self.clone() }
    }
}

fn tells(details: &Value, code: &str) -> bool {
    details["refused"] == code || details["outcome"] == code || details["outcome"] == "refused"
}

fn leave_out(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !BY_USE.contains(&name.as_str()));
            fields.values_mut().for_each(leave_out);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out),
        _ => {}
    }
}
