//! What the tests stand on: a control plane over a real database, vault and log, with a clock and randomness that repeat.

pub(crate) mod passkey;
pub(crate) mod people;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use jiff::{SignedDuration, Timestamp};
use keyward_dialect::RealKeyRights;
use keyward_ledger::{DEADLINE, Ledger};
use keyward_policy::{
    Actor, Approval, ApprovalId, ApprovalState, Change, Clock, Credential, Entropy, Event, Forwarded, Key,
    OnWire, OrderFact, Project, Request, RequestId, Venue, Verdict, What,
};
use keyward_store::Store;
use keyward_vault::{KdfParams, Vault};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::oidc::Provider;
use crate::oidc::fixture::Pretender;
use crate::operation::{credential, key, project, vault, venue};
use crate::{Approvals, Asked, CannotAsk, Control, Introspect, Parts};

/// What unlocks the fixture's vault.
pub(crate) const PASSPHRASE: &str = "correct horse battery staple";
/// The real secret of every credential: it must never be seen again.
pub(crate) const SECRET: &str = "canaryCANARYcanaryCANARYcanaryCANARYcanaryCANARYcanaryCANARY0001";

/// A control plane to try things on.
pub(crate) struct Fixture {
    pub(crate) control: Arc<Control>,
    pub(crate) actor: Actor,
    clock: Arc<Hands>,
    published: Arc<Mutex<Vec<Change>>>,
    on_wire: Arc<Mutex<Vec<OnWire>>>,
    exchange: Arc<Exchange>,
    waiting: Arc<Waiting>,
    dir: TempDir,
}

/// A clock that is set by hand.
pub(crate) struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Randomness that repeats with every fixture.
#[derive(Default)]
pub(crate) struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // SplitMix64 (Steele, Lea, Flood 2014).
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (z ^ (z >> 31)) as u8;
        }
    }
}

/// An exchange that answers what it is told to.
struct Exchange(Mutex<Result<RealKeyRights, CannotAsk>>);

impl Introspect for Exchange {
    fn rights(&self, _: Venue, _: Credential) -> Asked<'_> {
        let answer = self.0.lock().unwrap().clone();
        Box::pin(async move { answer })
    }
}

/// What waits for a person, where nobody waits.
#[derive(Default)]
struct Waiting(Mutex<Vec<Approval>>);

impl Approvals for Waiting {
    fn waiting(&self) -> Vec<Approval> {
        self.0.lock().unwrap().clone()
    }

    fn decide(&self, id: ApprovalId, verdict: Verdict) -> Option<Approval> {
        let mut all = self.0.lock().unwrap();
        let at = all.iter().position(|approval| approval.id == id)?;
        match verdict {
            Verdict::Approve => all[at].state = ApprovalState::Approved,
            Verdict::Deny => return Some(all.remove(at)),
        }
        Some(all[at].clone())
    }
}

/// What the API answered.
#[derive(Debug, Serialize)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// A request that has been sent.
pub(crate) fn sent(number: u8) -> OnWire {
    OnWire {
        request: RequestId::from_entropy([number; 16]),
        key: None,
        venue: "binance".to_owned(),
        method: "POST".to_owned(),
        path: "/api/v3/order".to_owned(),
        since: "2026-01-01T00:00:00Z".parse().unwrap(),
    }
}

/// An operation's input.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

impl Fixture {
    /// With a vault that is unsealed.
    pub(crate) async fn new() -> Self {
        let fixture = Self::without_vault().await;
        fixture.init().await;
        fixture
    }

    /// One with a project, a venue of each mode and a credential.
    pub(crate) async fn with_places() -> Self {
        let fixture = Self::new().await;
        fixture.project("bots").await;
        fixture.venue("binance").await;
        fixture.assert_venue("backend").await;
        fixture.credential("main", "binance").await;
        fixture
    }

    /// With an identity provider, which this other end plays.
    pub(crate) async fn with_provider(pretender: &Arc<Pretender>, required: bool) -> Self {
        let fixture = Self::furnished(Some(pretender.provider(required))).await;
        fixture.init().await;
        fixture
    }

    /// Before `vault init`.
    pub(crate) async fn without_vault() -> Self {
        Self::furnished(None).await
    }

    async fn furnished(provider: Option<Provider>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (entropy, published) = (Arc::new(Counted::default()), Arc::new(Mutex::new(Vec::new())));
        let clock = Arc::new(Hands(Mutex::new("2026-01-01T00:00:00Z".parse().unwrap())));
        let exchange =
            Arc::new(Exchange(Mutex::new(Err(CannotAsk::Unreachable("nobody is there".to_owned())))));
        let told = Arc::clone(&published);
        let on_wire = Arc::new(Mutex::new(Vec::new()));
        let waiting = Arc::<Waiting>::default();
        let still = Arc::clone(&on_wire);
        let control = Control::new(Parts {
            store: Store::open(dir.path().join("keyward.db").to_str().unwrap()).await.unwrap(),
            vault: Arc::new(Vault::new(Arc::clone(&entropy) as Arc<dyn Entropy>)),
            ledger: Arc::new(Ledger::open(&dir.path().join("audit"), None).unwrap()),
            audit_dir: dir.path().join("audit"),
            config_file: dir.path().join("keyward.toml"),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy,
            publish: Arc::new(move |change| {
                told.lock().unwrap().push(change);
                still.lock().unwrap().clone()
            }),
            introspect: Arc::clone(&exchange) as Arc<dyn Introspect>,
            approvals: Arc::clone(&waiting) as Arc<dyn Approvals>,
            provider,
            gateway_url: "http://gateway.test/".to_owned(),
            control_url: "https://control.test/".to_owned(),
            settings: vec![crate::operation::settings::Setting {
                name: "gateway.url",
                value: "https://gateway.test".to_owned(),
                meaning: "Where clients find the gateway.",
            }],
            kdf: KdfParams::new(8, 1, 1).unwrap(),
        });
        let actor = Actor::on_host("tester", "test");
        Self { control: Arc::new(control), actor, clock, published, on_wire, exchange, waiting, dir }
    }

    /// Makes the vault.
    pub(crate) async fn init(&self) {
        let input = read(&json!({ "passphrase": PASSPHRASE }).to_string());
        vault::init::init(&self.control, &self.actor, input).await.unwrap();
    }

    pub(crate) async fn venue(&self, name: &str) -> Venue {
        self.add_venue(json!({ "name": name, "dialect": "binance", "urls": { "": "http://127.0.0.1:1" } }))
            .await
    }

    pub(crate) async fn kraken(&self, name: &str) -> Venue {
        self.add_venue(json!({ "name": name, "dialect": "kraken" })).await
    }

    pub(crate) async fn assert_venue(&self, name: &str) -> Venue {
        let urls = json!({ "": "http://127.0.0.1:2" });
        self.add_venue(json!({ "name": name, "dialect": "binance", "urls": urls, "mode": "assert" })).await
    }

    async fn add_venue(&self, input: Value) -> Venue {
        let view = venue::add::add(&self.control, &self.actor, read(&input.to_string())).await.unwrap();
        self.control.store.venue(&view.name).await.unwrap()
    }

    pub(crate) async fn credential(&self, name: &str, venue: &str) -> Credential {
        let input = json!({ "name": name, "venue": venue, "api_key": "REALKEY", "secret": SECRET });
        credential::add::add(&self.control, &self.actor, read(&input.to_string())).await.unwrap();
        self.control.store.credential(name).await.unwrap()
    }

    pub(crate) async fn project(&self, name: &str) -> Project {
        let input = project::add::Add { name: name.to_owned(), rotate_after_days: None, four_eyes: false };
        project::add::add(&self.control, &self.actor, input).await.unwrap();
        self.control.store.project(name).await.unwrap()
    }

    /// A key of the project `bots` on the credential `main` of the venue `binance`.
    pub(crate) async fn trading_key(&self, name: &str) -> Key {
        self.key(name, json!({})).await
    }

    /// The same with every restriction there is.
    pub(crate) async fn restricted_key(&self, name: &str) -> Key {
        let limits = json!({
            "ip": ["203.0.113.0/24"], "deny_ip": ["203.0.113.7"], "symbols": ["BTC/USDT"], "expires": "10d",
            "not_before": "1h", "holds": ["withdraw", "trade>1000 USDT"], "rate": { "per_minute": 60, "burst": 5 },
        });
        self.key(name, limits).await
    }

    async fn key(&self, name: &str, limits: Value) -> Key {
        if self.control.store.project("bots").await.is_err() {
            self.project("bots").await;
            self.venue("binance").await;
            self.credential("main", "binance").await;
        }
        let mut input =
            json!({ "name": name, "project": "bots", "credentials": ["main"], "allow": ["read", "trade"] });
        input.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
        let created =
            key::create::create(&self.control, &self.actor, read(&input.to_string())).await.unwrap();
        self.control.store.key(created.key.id).await.unwrap()
    }

    /// A withdrawal by this key waits for a person.
    pub(crate) fn held(&self, key: &Key) -> ApprovalId {
        let id = ApprovalId::from_entropy(self.control.random());
        let fact = OrderFact {
            kind: Some("BTC".into()),
            quantity: Some("0.5".into()),
            asset: Some("BTC".into()),
            to: Some("bc1q".into()),
            ..OrderFact::default()
        };
        self.waiting.0.lock().unwrap().push(Approval {
            id,
            state: ApprovalState::Waiting,
            key: key.id,
            project: key.project,
            request: RequestId::from_entropy([6; 16]),
            address: Some([203, 0, 113, 7].into()),
            venue: "binance".to_owned(),
            method: "POST".to_owned(),
            path: "/sapi/v1/capital/withdraw/apply".to_owned(),
            needs: "withdraw",
            facts: vec![fact],
            spends: Some("0.5 BTC".to_owned()),
            since: self.control.now(),
            until: self.control.now() + SignedDuration::from_mins(15),
            connected: true,
        });
        id
    }

    /// What the gateway was told, the oldest first.
    pub(crate) fn published(&self) -> Vec<Change> {
        self.published.lock().unwrap().clone()
    }

    /// What the gateway gives back from now on, whatever it is told.
    pub(crate) fn gateway_has_on_wire(&self, sent: Vec<OnWire>) {
        *self.on_wire.lock().unwrap() = sent;
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: SignedDuration) {
        *self.clock.0.lock().unwrap() += time;
    }

    /// Lets so many seconds pass.
    pub(crate) fn pass_s(&self, seconds: i64) {
        self.pass(SignedDuration::from_secs(seconds));
    }

    /// What the exchange answers from now on.
    pub(crate) fn exchange_says(&self, answer: Result<RealKeyRights, CannotAsk>) {
        *self.exchange.0.lock().unwrap() = answer;
    }

    /// The log takes nothing more.
    pub(crate) fn break_the_log(&self) {
        self.control.ledger.close().unwrap();
    }

    /// A request went through the gateway.
    pub(crate) async fn forwarded(&self, request: RequestId) {
        let (venue, method, path) = ("binance".into(), "GET".into(), "/api/v3/account".into());
        let (key, project, address, needs, policy, facts) = (None, None, None, None, None, vec![]);
        let request = Request {
            request,
            key,
            project,
            address,
            venue,
            method,
            path,
            needs,
            policy,
            markets: Vec::new(),
            facts,
        };
        let forwarded = Forwarded { request, credential: None, status: Some(200), reason: None };
        let event = Event { at: self.control.now(), what: What::Forwarded(forwarded) };
        self.control.ledger.record_durably(&event, DEADLINE).await.unwrap();
    }

    /// The latest entry of the audit log.
    pub(crate) fn last_change(&self) -> Value {
        self.flush();
        let (mut entries, _) = keyward_ledger::tail(&self.control.audit_dir, 1).unwrap();
        serde_json::from_slice(&entries.pop().unwrap().json).unwrap()
    }

    /// Everything that the audit log holds, as text.
    pub(crate) fn whole_log(&self) -> String {
        self.flush();
        String::from_utf8_lossy(&std::fs::read(self.log("entries.log")).unwrap()).into_owned()
    }

    /// Waits until the log's writer has caught up; on a thread of its own, because a test's runtime has only one.
    fn flush(&self) {
        let ledger = &self.control.ledger;
        let wait = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            runtime.block_on(ledger.flush(DEADLINE)).unwrap();
        };
        std::thread::scope(|threads| threads.spawn(wait).join().unwrap());
    }

    /// Changes the log behind Keyward's back.
    pub(crate) fn edit_log(&self, edit: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = std::fs::read(self.log("entries.log")).unwrap();
        edit(&mut bytes);
        std::fs::write(self.log("entries.log"), bytes).unwrap();
    }

    /// The log and its checkpoint, as a thief would copy them.
    pub(crate) fn copy_log(&self) -> [Vec<u8>; 2] {
        ["entries.log", "checkpoint"].map(|name| std::fs::read(self.log(name)).unwrap())
    }

    /// Puts an older log in place of the newer.
    pub(crate) fn put_log_back(&self, [entries, checkpoint]: [Vec<u8>; 2]) {
        std::fs::write(self.log("entries.log"), entries).unwrap();
        std::fs::write(self.log("checkpoint"), checkpoint).unwrap();
    }

    fn log(&self, name: &str) -> PathBuf {
        self.control.audit_dir.join(name)
    }

    /// Calls the API as the fixture's actor.
    pub(crate) async fn call(&self, method: &str, path: &str, input: Value) -> Answered {
        let mut request = axum::http::Request::builder().method(method).uri(format!("/api/v1{path}"));
        if !input.is_null() {
            request = request.header("content-type", "application/json");
        }
        let body = if input.is_null() { String::new() } else { input.to_string() };
        let request = request.extension(self.actor.clone()).body(Body::from(body)).unwrap();
        self.send(request).await
    }

    /// Sends a request to the API as it is.
    pub(crate) async fn send(&self, request: axum::http::Request<Body>) -> Answered {
        let response = crate::api::router(Arc::clone(&self.control)).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answered { status, body: serde_json::from_slice(&bytes).unwrap() }
    }

    /// Every byte that is on the disk.
    pub(crate) fn whole_disk(&self) -> Vec<u8> {
        let files = ["keyward.db", "keyward.db-wal", "audit/entries.log", "audit/checkpoint"];
        files.iter().flat_map(|name| std::fs::read(self.dir.path().join(name)).unwrap_or_default()).collect()
    }
}
