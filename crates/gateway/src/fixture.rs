//! For tests: a gateway with a real vault and a real audit log, one venue, one credential, and keys to try.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use jiff::Timestamp;
use keyward_dialect::SigningKey;
use keyward_ledger::{DEADLINE, Ledger, tail};
use keyward_policy::{
    AddressRules, ApiKey, Change, Clock, Credential, CredentialId, Entropy, Grant, Holds, Key, KeyId,
    KeyState, KeyType, Lifetime, Mode, ProjectId, Reason, RequestId, SecretOwner, Symbols, Venue, VenueId,
    Verifier,
};
use keyward_vault::{KdfParams, Secret, Unlock, Vault};
use tempfile::TempDir;

use crate::carry::{Received, Resolved};
use crate::fence::{Fence, Place, Sending, Started};
use crate::nonce::Marks;
use crate::venue::VenueEntry;
use crate::{Gateway, Identity, Parts, Settings};

pub(crate) const ISSUED: &str = "the secret of the issued key";
pub(crate) const REAL: &str = "the real secret";
pub(crate) const START_S: i64 = 1_800_000_000;

/// A gateway and the time that it believes in.
pub(crate) struct Fixture {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) clock: Arc<Hand>,
    pub(crate) vault: Arc<Vault>,
    /// Where the audit log is, for as long as the fixture lives.
    pub(crate) audit: TempDir,
}

/// A clock that is set by hand, in microseconds.
pub(crate) struct Hand(pub(crate) AtomicI64);

/// Bytes that count: never the same twice.
struct Counting(AtomicU8);

impl Hand {
    pub(crate) fn pass_ms(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds * 1000, Ordering::Relaxed);
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed) / 1000
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
    }
}

impl Fixture {
    /// A gateway whose venue is at this URL, with one key that may do what is listed.
    pub(crate) fn new(url: &str, allow: &str) -> Self {
        Self::with(url, allow, Settings::default(), |key| key)
    }

    pub(crate) fn with(url: &str, allow: &str, settings: Settings, change: impl FnOnce(Key) -> Key) -> Self {
        let audit = tempfile::tempdir().unwrap();
        let entropy = Arc::new(Counting(AtomicU8::new(1)));
        let clock = Arc::new(Hand(AtomicI64::new(START_S * 1_000_000)));
        let vault = Arc::new(Vault::new(entropy.clone()));
        let passphrase = Unlock::Passphrase(Secret::from_vec(b"test".to_vec()).unwrap());
        vault.init(&passphrase, KdfParams::new(8, 1, 1).unwrap()).unwrap();
        let identity = vault.seal_secret(SecretOwner::Identity, b"none").unwrap();
        let gateway = Gateway::new(Parts {
            vault: vault.clone(),
            ledger: Arc::new(Ledger::open(audit.path(), None).unwrap()),
            clock: clock.clone(),
            entropy,
            nonces: Arc::new(Marks::default()),
            identity: Some(Identity::new([0; 32], identity)),
            recorded_until: None,
            remembered: None,
            settings,
        });
        gateway.apply(Change::Venue(Box::new(venue(url))));
        gateway.apply(Change::Credential(Box::new(credential(&vault))));
        gateway.apply(Change::Key(Box::new(change(key(&vault, allow)))));
        Self { gateway: Arc::new(gateway), clock, vault, audit }
    }

    /// The key, as it was when it was issued.
    pub(crate) fn key(&self, allow: &str) -> Key {
        key(&self.vault, allow)
    }

    /// The audit log so far.
    pub(crate) async fn events(&self) -> Vec<serde_json::Value> {
        self.gateway.ledger.flush(DEADLINE).await.unwrap();
        let (entries, _) = tail(self.audit.path(), 1000).unwrap();
        entries.iter().map(|entry| serde_json::from_slice(&entry.json).unwrap()).collect()
    }

    /// A request signed with the issued key, at the present time.
    pub(crate) fn signed(&self, method: &str, path: &str, query: &str) -> Request<Bytes> {
        let separator = if query.is_empty() { "" } else { "&" };
        let query = format!("{query}{separator}timestamp={}", self.clock.now_ms());
        let signature = SigningKey::HmacSha256(ISSUED.as_bytes()).sign(query.as_bytes()).unwrap();
        let request =
            Request::builder().method(method).uri(format!("/binance{path}?{query}&signature={signature}"));
        request.header("host", "door").header("x-mbx-apikey", "issued").body(Bytes::new()).unwrap()
    }

    /// A request as it is after it arrived.
    pub(crate) fn received(&self, request: Request<Bytes>) -> Received {
        let (head, body) = request.into_parts();
        let id = self.gateway.next_request_id();
        let resolved = Resolved::new(&self.gateway, id, [192, 0, 2, 1].into(), head).unwrap();
        Received { resolved, body }
    }

    /// What would leave for a request, or why nothing would.
    pub(crate) fn rehearse(&self, request: Request<Bytes>) -> Result<Request<Full<Bytes>>, Reason> {
        self.gateway.rehearse([192, 0, 2, 1].into(), request)
    }
}

/// An exchange that takes connections and answers nothing, for as long as its listener lives.
pub(crate) fn silent_exchange() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    (format!("http://{}", listener.local_addr().unwrap()), listener)
}

/// A send of nobody's on no list that anybody reads.
pub(crate) fn started() -> Started {
    Fence::default().gate().start(sending(None), || Ok::<_, Infallible>(())).unwrap()
}

/// A read of the account.
pub(crate) fn sending(key: Option<KeyId>) -> Sending {
    let venue = Arc::new(VenueEntry::new(venue("http://exchange")).unwrap());
    let target = "/binance/api/v3/account?timestamp=1".parse().unwrap();
    Sending {
        request: RequestId::from_entropy([5; 16]),
        key,
        project: None,
        credential: None,
        since: Timestamp::UNIX_EPOCH,
        place: Place::new(&venue, &Method::GET, &target, "/binance".len()),
    }
}

/// A vault that holds nothing, and is sealed.
pub(crate) fn empty_vault() -> Arc<Vault> {
    Arc::new(Vault::new(Arc::new(Counting(AtomicU8::new(1)))))
}

fn venue(url: &str) -> Venue {
    Venue {
        id: VenueId::from_entropy([1; 16]),
        name: "binance".to_owned(),
        dialect: "binance".to_owned(),
        urls: [(String::new(), url.to_owned())].into(),
        mode: Mode::Resign,
        public_market_data: false,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn credential(vault: &Vault) -> Credential {
    let id = CredentialId::from_entropy([2; 16]);
    Credential {
        id,
        name: "real".to_owned(),
        venue: VenueId::from_entropy([1; 16]),
        project: None,
        api_key: "real-key".to_owned(),
        key_type: KeyType::Hmac,
        secret: vault.seal_secret(SecretOwner::Credential(id), REAL.as_bytes()).unwrap(),
        public_key: None,
        created_at: Timestamp::UNIX_EPOCH,
        checked: None,
    }
}

fn key(vault: &Vault, allow: &str) -> Key {
    let id = KeyId::from_entropy([3; 16]);
    let grant = Grant {
        venue: VenueId::from_entropy([1; 16]),
        credential: Some(CredentialId::from_entropy([2; 16])),
        permissions: allow.parse().unwrap(),
        symbols: Symbols::any(),
        holds: Holds::default(),
    };
    Key {
        id,
        project: ProjectId::from_entropy([4; 16]),
        name: "bot".to_owned(),
        api_key: ApiKey::new("issued"),
        verifier: Verifier::Hmac(vault.seal_secret(SecretOwner::Key(id), ISSUED.as_bytes()).unwrap()),
        state: KeyState::Active,
        lifetime: Lifetime::default(),
        addresses: AddressRules::default(),
        rate: None,
        grants: vec![grant],
        revision: 1,
        created_at: Timestamp::UNIX_EPOCH,
        rotated_from: None,
    }
}
