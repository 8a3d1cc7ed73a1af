//! One run of one command: where the data is, what unlocks the vault, how results are printed, and the door.

use std::path::PathBuf;

use anyhow::Result;
use keyward_gateway::Settings;
use serde_json::Value;

use crate::cli::Global;
use crate::command::Unlock;
use crate::compose::{Place, Urls};
use crate::config::Config;
use crate::data::DataDir;
use crate::database::Database;
use crate::door::{Call, Door, Inside, encoded};
use crate::oidc;
use crate::outcome::{Problem, code};
use crate::output::Printer;

/// The code of an operation that needs the vault while it is sealed.
const SEALED: &str = "vault_sealed";

/// Records asked for at once.
const PAGE: usize = 1000;

/// One run of one command.
pub(crate) struct Invocation {
    /// Where Keyward keeps its data.
    pub(crate) data: DataDir,
    /// What the configuration file says.
    pub(crate) config: Config,
    /// Where the configuration file is, if there is one.
    pub(crate) config_file: PathBuf,
    /// Which database is used.
    pub(crate) database: Database,
    /// How results are printed.
    pub(crate) printer: Printer,
    unlock: Unlock,
    door: Option<Door>,
}

impl Invocation {
    /// Reads the configuration; nothing is opened yet.
    pub(crate) fn new(global: Global) -> Result<Self> {
        let data = DataDir::locate(global.data)?;
        let config = Config::read(global.config.as_deref(), &data.config())?;
        let database = Database::choose(&data, (global.database, global.database_file), &config)?;
        let printer = Printer::new(global.json);
        let config_file = global.config.unwrap_or_else(|| data.config());
        Ok(Self { data, config, config_file, database, printer, unlock: Unlock::default(), door: None })
    }

    /// Says what unlocks the vault, should the command need it.
    pub(crate) fn unlock_with(&mut self, unlock: Unlock) {
        self.unlock = unlock;
    }

    /// Carries out one operation: by the server, or in this process, which then unseals the vault when it has to.
    pub(crate) async fn call(&mut self, call: &Call) -> Result<Value> {
        match self.door().await?.call(call).await {
            Err(error) if self.may_unseal(&error) => {
                let unseal = self.unlock.named_or_asked(&self.config)?.unseal()?;
                let door = self.door().await?;
                door.call(&unseal).await?;
                door.call(call).await
            }
            answer => answer,
        }
    }

    /// Whether a server carries the operations out.
    pub(crate) const fn served(&self) -> bool {
        matches!(self.door, Some(Door::Socket(_)))
    }

    /// Every record of a list, page by page.
    pub(crate) async fn list(&mut self, path: &str) -> Result<Value> {
        let mut records = Vec::new();
        let mut after = String::new();
        loop {
            let mut page = self.call(&Call::get(format!("{path}?limit={PAGE}{after}"))).await?;
            if let Some(items) = page["items"].as_array_mut() {
                records.append(items);
            }
            let Some(next) = page["next"].as_str() else { return Ok(Value::Array(records)) };
            after = format!("&after={}", encoded(next));
        }
    }

    /// What the parts are opened on, in this process.
    pub(crate) fn place(&self, settings: Settings) -> Result<Place<'_>> {
        let urls =
            Urls { gateway: self.config.gateway.url.clone(), control: self.config.control.url.clone() };
        let (data, config_file, database_url) = (&self.data, self.config_file.clone(), self.database.url()?);
        let oidc = oidc::without_secret(self.config.control.oidc.as_ref())?;
        Ok(Place { data, config_file, database_url, urls, settings, oidc, serves: false })
    }

    /// The running server, for what only a server can do.
    pub(crate) async fn server(&self) -> Result<Door> {
        Door::of_server(&self.data.socket()).await?.ok_or_else(|| {
            let problem = Problem::new("server_missing", "no server runs on this data directory");
            problem.hint("start one with `keyward serve`").into()
        })
    }

    /// The door, opened by the first who needs it.
    async fn door(&mut self) -> Result<&Door> {
        let door = match self.door.take() {
            Some(door) => door,
            None => self.open().await?,
        };
        Ok(self.door.insert(door))
    }

    async fn open(&self) -> Result<Door> {
        match Door::of_server(&self.data.socket()).await? {
            Some(server) => Ok(server),
            None => {
                let place = self.place(Settings::default())?;
                Ok(Door::Inside(Box::new(Inside::open(place).await?)))
            }
        }
    }

    /// Ends the run: what was recorded in this process is signed and closed.
    pub(crate) async fn finish(self) -> Result<()> {
        match self.door {
            Some(Door::Inside(inside)) => inside.close().await,
            _ => Ok(()),
        }
    }

    /// A server is unsealed by `keyward vault unseal` alone: nobody opens it by the way.
    fn may_unseal(&self, error: &anyhow::Error) -> bool {
        code(error) == Some(SEALED) && matches!(self.door, Some(Door::Inside(_)))
    }
}
