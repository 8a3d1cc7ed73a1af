//! What the tests stand on: the console over a real control plane, looked at by an operator through HTTP.

mod browser;
mod provider;
mod seen;

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use jiff::Timestamp;
use keyward_control::operation::audit::tail::{Tail, tail};
use keyward_control::operation::key::KeyView;
use keyward_control::operation::{credential, key, operator, project, vault, venue};
use keyward_control::{Approvals, Asked, Caller, CannotAsk, Control, Introspect, Parts};
use keyward_dialect::RealKeyRights;
use keyward_ledger::{DEADLINE, Ledger};
use keyward_policy::{
    Actor, Approval, ApprovalId, ApprovalState, Authority, Clock, Credential, Entropy, Event, OnWire,
    OrderFact, Reach, Reason, Refused, RequestId, Role, Venue, Verdict, What,
};
use keyward_store::Store;
use keyward_vault::{KdfParams, Vault};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) use self::browser::Browser;
use self::browser::code;
use self::provider::Pretender;
pub(crate) use self::seen::Seen;
use crate::Visitor;
use crate::form::TOKEN;

/// What unlocks the fixture's vault.
pub(crate) const PASSPHRASE: &str = "correct horse battery staple";
/// The real secret of every credential: no page may show it.
pub(crate) const SECRET: &str = "canaryCANARYcanaryCANARYcanaryCANARYcanaryCANARYcanaryCANARY0001";
/// What a browser says of a form of ours.
pub(crate) const OWN: [(&str, &str); 1] = [("sec-fetch-site", "same-origin")];
/// The password of who joins.
pub(crate) const PASSWORD: &str = "otter violin granite seven";
/// The fixture's session token.
const CSRF: &str = "a-token-that-nobody-guesses";

/// A console to look at.
pub(crate) struct Fixture {
    pub(crate) control: Arc<Control>,
    pub(crate) visitor: Visitor,
    ledger: Arc<Ledger>,
    on_wire: Arc<Mutex<Vec<OnWire>>>,
    exchange: Arc<Exchange>,
    waiting: Arc<Waiting>,
    provider: Arc<Pretender>,
    _dir: TempDir,
}

pub(crate) struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }
}

/// Randomness that repeats with every fixture.
#[derive(Default)]
struct Counted(Mutex<u64>);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for byte in bytes {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (*state >> 56) as u8;
        }
    }
}

struct Exchange(Mutex<Result<RealKeyRights, CannotAsk>>);

impl Introspect for Exchange {
    fn rights(&self, _: Venue, _: Credential) -> Asked<'_> {
        let answer = self.0.lock().unwrap().clone();
        Box::pin(async move { answer })
    }
}

/// What waits for a person, where no gateway runs.
#[derive(Default)]
struct Waiting(Mutex<Vec<Approval>>);

impl Approvals for Waiting {
    fn waiting(&self) -> Vec<Approval> {
        self.0.lock().unwrap().clone()
    }

    fn decide(&self, id: ApprovalId, verdict: Verdict) -> Option<Approval> {
        let mut all = self.0.lock().unwrap();
        let at = all.iter().position(|approval| approval.id == id)?;
        if verdict == Verdict::Deny {
            return Some(all.remove(at));
        }
        all[at].state = ApprovalState::Approved;
        Some(all[at].clone())
    }
}

fn read<T: DeserializeOwned>(input: &Value) -> T {
    serde_json::from_value(input.clone()).unwrap()
}

impl Fixture {
    /// With a vault that is unsealed, and an owner who looks.
    pub(crate) async fn new() -> Self {
        let fixture = Self::without_vault().await;
        let input = read(&json!({ "passphrase": PASSPHRASE }));
        vault::init::init(&fixture.control, &fixture.visitor.actor, input).await.unwrap();
        fixture
    }

    pub(crate) async fn without_vault() -> Self {
        Self::furnished(false).await
    }

    /// With a vault, and with an identity provider.
    pub(crate) async fn with_provider() -> Self {
        let fixture = Self::furnished(true).await;
        let input = read(&json!({ "passphrase": PASSPHRASE }));
        vault::init::init(&fixture.control, &fixture.visitor.actor, input).await.unwrap();
        fixture
    }

    async fn furnished(with_provider: bool) -> Self {
        let provider = Arc::<Pretender>::default();
        let dir = tempfile::tempdir().unwrap();
        let entropy: Arc<dyn Entropy> = Arc::new(Counted::default());
        let ledger = Arc::new(Ledger::open(&dir.path().join("audit"), None).unwrap());
        let on_wire = Arc::new(Mutex::new(Vec::new()));
        let still = Arc::clone(&on_wire);
        let nobody = Err(CannotAsk::Unreachable("nobody is there".to_owned()));
        let exchange = Arc::new(Exchange(Mutex::new(nobody)));
        let waiting = Arc::<Waiting>::default();
        let control = Control::new(Parts {
            store: Store::open(dir.path().join("keyward.db").to_str().unwrap()).await.unwrap(),
            vault: Arc::new(Vault::new(Arc::clone(&entropy))),
            ledger: Arc::clone(&ledger),
            audit_dir: dir.path().join("audit"),
            config_file: dir.path().join("keyward.toml"),
            clock: Arc::new(Now),
            entropy,
            publish: Arc::new(move |_| still.lock().unwrap().clone()),
            introspect: Arc::clone(&exchange) as Arc<dyn Introspect>,
            approvals: Arc::clone(&waiting) as Arc<dyn Approvals>,
            provider: with_provider.then(|| provider.as_client_sees_it()),
            gateway_url: "http://gateway.test/".to_owned(),
            control_url: "https://console.test/".to_owned(),
            settings: vec![keyward_control::operation::settings::Setting {
                name: "gateway.url",
                value: "https://gateway.test".to_owned(),
                meaning: "Where clients find the gateway.",
            }],
            kdf: KdfParams::new(8, 1, 1).unwrap(),
        });
        let visitor = visitor(Role::Owner, true);
        Self { control: Arc::new(control), visitor, ledger, on_wire, exchange, waiting, provider, _dir: dir }
    }

    /// The same, looked at by somebody else.
    pub(crate) fn with(self, role: Role, is_fresh: bool) -> Self {
        Self { visitor: visitor(role, is_fresh), ..self }
    }

    pub(crate) async fn project(&self, name: &str) {
        let input = project::add::Add { name: name.to_owned(), rotate_after_days: None, four_eyes: false };
        project::add::add(&self.control, &self.host(), input).await.unwrap();
    }

    /// A withdrawal by a new key of this name waits for a person.
    pub(crate) async fn held(&self, name: &str) -> ApprovalId {
        self.key(name, &["withdraw"], &[], "90d").await;
        let key = key::show::show(&self.control, &self.host(), name).await.unwrap();
        let project = project::show::show(&self.control, &self.host(), "bots").await.unwrap();
        let id = ApprovalId::from_entropy([7; 16]);
        self.waiting.0.lock().unwrap().push(Approval {
            id,
            state: ApprovalState::Waiting,
            key: key.id,
            project: project.id,
            request: RequestId::from_entropy([6; 16]),
            address: Some([203, 0, 113, 7].into()),
            venue: "binance".to_owned(),
            method: "POST".to_owned(),
            path: "/sapi/v1/capital/withdraw/apply".to_owned(),
            needs: "withdraw",
            facts: vec![OrderFact {
                quantity: Some("0.5".into()),
                asset: Some("BTC".into()),
                to: Some("bc1q".into()),
                ..OrderFact::default()
            }],
            spends: Some("0.5 BTC".to_owned()),
            since: Now.now(),
            until: "2026-01-01T00:15:00Z".parse().unwrap(),
            connected: true,
        });
        id
    }

    pub(crate) async fn venue(&self, name: &str) {
        let input = json!({ "name": name, "dialect": "binance", "urls": { "": "http://127.0.0.1:1" } });
        venue::add::add(&self.control, &self.host(), read(&input)).await.unwrap();
    }

    /// The project `bots`, and the credential `main` on the venue `binance`.
    pub(crate) async fn places(&self) {
        if project::show::show(&self.control, &self.host(), "bots").await.is_ok() {
            return;
        }
        self.project("bots").await;
        self.venue("binance").await;
        let input = json!({ "name": "main", "venue": "binance", "api_key": "REALKEY", "secret": SECRET });
        credential::add::add(&self.control, &self.host(), read(&input)).await.unwrap();
    }

    /// A key of the project `bots`, issued by `ada`.
    pub(crate) async fn key(&self, name: &str, allow: &[&str], ip: &[&str], expires: &str) -> KeyView {
        self.places().await;
        let input = json!({
            "name": name, "project": "bots", "credentials": ["main"], "allow": allow, "ip": ip, "expires": expires,
        });
        let actor = visitor(Role::Owner, true).actor;
        key::create::create(&self.control, &actor, read(&input)).await.unwrap().key
    }

    /// A request was refused.
    pub(crate) async fn refused(&self, key: &str, reason: &str) {
        let reason = *Reason::ALL.iter().find(|one| one.code() == reason).unwrap();
        let refused = Refused { request: order(key, ""), reason, detail: "DOGE/USDT is not granted".into() };
        self.record(What::Refused(refused)).await;
    }

    /// An order was let through, and what the log says of it was read.
    pub(crate) async fn traded(&self, key: &KeyView, market: &'static str) {
        let request = order(&key.id.to_string(), market);
        self.record(What::Intent(keyward_policy::Sent { request, credential: None, approval: None })).await;
        self.control.read_usage().await.unwrap();
    }

    async fn record(&self, what: What<'_>) {
        self.ledger.record_durably(&Event { at: Now.now(), what }, DEADLINE).await.unwrap();
    }

    /// The audit log as text.
    pub(crate) async fn log(&self) -> String {
        let entries = tail(&self.control, &self.host(), Tail::default()).await.unwrap();
        serde_json::to_string(&entries).unwrap()
    }

    /// From now on a request is on the wire, whatever is stopped.
    pub(crate) fn put_on_wire(&self) {
        self.on_wire.lock().unwrap().push(OnWire {
            request: RequestId::from_entropy([1; 16]),
            key: None,
            venue: "binance".to_owned(),
            method: "POST".to_owned(),
            path: "/api/v3/order".to_owned(),
            since: Now.now(),
        });
    }

    /// From now on the exchange says that a real key may do everything.
    pub(crate) fn exchange_lets_withdraw(&self) {
        *self.exchange.0.lock().unwrap() = Ok(RealKeyRights {
            can_read: true,
            can_trade: true,
            can_withdraw: true,
            can_transfer: true,
            ip_restricted: false,
            names: vec!["enableWithdrawals".to_owned()],
        });
    }

    /// A form with its token.
    pub(crate) fn form(&self, fields: &[(&str, &str)]) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair(TOKEN, CSRF).extend_pairs(fields).finish()
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        let request = Request::get(path).extension(self.visitor.clone());
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get_as_nobody(&self, path: &str) -> Seen {
        self.send(Request::get(path).extension(caller()).body(Body::empty()).unwrap()).await
    }

    /// Sends a form without having signed in.
    pub(crate) async fn post_as_nobody(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Seen {
        let request = Request::post(path)
            .extension(caller())
            .header("content-type", "application/x-www-form-urlencoded");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Somebody takes an invitation, and a device: his browser, with the cookie that it got.
    pub(crate) async fn join(&self, name: &str, role: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let link = self.invite(name, role).await;
        let form = [("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(browser.post(&link, &form).await.location(), "/second-factor");
        let page = browser.get("/second-factor").await;
        page.is_whole();
        let secret = page.between("<code data-copy>", "</code>").to_owned();
        let ticket = page.between("name=\"ticket\" value=\"", "\"").to_owned();
        let csrf = page.csrf().to_owned();
        let form = [("ticket", &*ticket), ("code", &code(&secret)), ("password", PASSWORD), (TOKEN, &csrf)];
        let page = browser.post("/second-factor", &form).await;
        page.is_whole();
        assert!(page.status == 200 && page.body.contains("Keep these recovery codes"), "{}", page.body);
        browser
    }

    /// Somebody goes to the provider by this link, and comes back as this subject.
    pub(crate) async fn round(&self, browser: &mut Browser<'_>, link: &str, subject: &str) -> Seen {
        let sent = browser.get(link).await;
        let back = self.provider.answers(sent.location(), subject);
        browser.get(&back).await
    }

    /// A browser without a session.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { fixture: self, cookie: String::new() }
    }

    /// Invites somebody, and gives the path of the link.
    pub(crate) async fn invite(&self, name: &str, role: &str) -> String {
        let input = read(&json!({ "name": name, "role": role }));
        let invited = operator::invite::invite(&self.control, &self.host(), input).await.unwrap();
        format!("/invitation/{}", invited.invitation.text())
    }

    /// Sends a form as a page of ours does.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        self.post_with(path, &self.form(fields), &OWN).await
    }

    /// Sends a text with these headers.
    pub(crate) async fn post_with(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Seen {
        let mut request = Request::post(path).extension(self.visitor.clone()).header("host", "console.test");
        let known = headers.iter().any(|(name, _)| *name == "content-type");
        if !known {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Seen {
        Seen::of(crate::router(Arc::clone(&self.control)).oneshot(request).await.unwrap()).await
    }

    fn host(&self) -> Actor {
        Actor::on_host("host", "test")
    }
}

/// An order of a key on a market.
fn order(key: &str, market: &'static str) -> keyward_policy::Request<'static> {
    keyward_policy::Request {
        request: RequestId::from_entropy([7; 16]),
        key: key.parse().ok(),
        project: None,
        address: "198.51.100.9".parse().ok(),
        venue: "binance".into(),
        method: "POST".into(),
        path: "/api/v3/order".into(),
        needs: Some("trade:spot"),
        policy: None,
        markets: vec![market.into()],
        facts: Vec::new(),
    }
}

fn caller() -> Caller {
    Caller::new("203.0.113.1".parse().unwrap(), "a browser")
}

fn visitor(role: Role, is_fresh: bool) -> Visitor {
    let authority = Authority::Operator { role, reach: Reach::Everywhere, is_fresh };
    let actor = Actor { name: "ada".to_owned(), via: "console", consented_by: None, authority };
    Visitor { actor, csrf: CSRF.to_owned(), fresh_until: is_fresh.then(|| Now.now()), waiting: 0 }
}
