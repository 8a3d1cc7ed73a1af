//! Checking passwords: slow by design, so never more than a few at once, and never on the threads that serve.

use std::sync::Arc;

use keyward_policy::Entropy;
use keyward_vault::{KdfParams, PersonalKey, Secret, Verifier};
use tokio::sync::Semaphore;

use super::password;
use crate::{Code, Error};

/// How many passwords are checked at once: each takes 64 MiB.
const AT_ONCE: usize = 2;
/// How many more may wait.
const WAITING: usize = 32;

/// Where passwords are checked.
pub(crate) struct Hashing {
    room: Arc<Semaphore>,
    seats: Arc<Semaphore>,
    params: KdfParams,
    entropy: Arc<dyn Entropy>,
}

impl Hashing {
    pub(crate) fn new(params: KdfParams, entropy: Arc<dyn Entropy>) -> Self {
        let (room, seats) = (Semaphore::new(AT_ONCE), Semaphore::new(AT_ONCE + WAITING));
        Self { room: Arc::new(room), seats: Arc::new(seats), params, entropy }
    }

    /// Takes a new password of an operator with this name.
    pub(crate) async fn make(&self, password: Secret, name: &str) -> Result<(Verifier, PersonalKey), Error> {
        password::check(&password, name)?;
        let (params, entropy) = (self.params, Arc::clone(&self.entropy));
        self.run(move || Ok(Verifier::make(&password, params, &*entropy)?)).await
    }

    /// Checks a password: the key that comes out of it, or none when it is wrong. Without anything to check against it takes as
    /// long, so that nobody learns who exists.
    pub(crate) async fn check(
        &self,
        verifier: Option<Vec<u8>>,
        password: Secret,
    ) -> Result<Option<PersonalKey>, Error> {
        let (params, entropy) = (self.params, Arc::clone(&self.entropy));
        self.run(move || match verifier {
            Some(verifier) => match Verifier::from_bytes(&verifier)?.check(&password) {
                Ok(key) => Ok(Some(key)),
                Err(keyward_vault::Error::WrongUnlock | keyward_vault::Error::PassphraseEmpty) => Ok(None),
                Err(error) => Err(error.into()),
            },
            None => {
                drop(Verifier::make(&password, params, &*entropy));
                Ok(None)
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let busy = |_| Error::new(Code::TooManyAttempts, "too many people sign in at once").hint("try again");
        let _seat = self.seats.try_acquire().map_err(busy)?;
        let room = Arc::clone(&self.room).acquire_owned().await;
        let room = room.map_err(|error| Error::new(Code::Internal, "no room").caused_by(error))?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(room);
            done
        });
        done.await
            .map_err(|error| Error::new(Code::Internal, "a password check broke down").caused_by(error))?
    }
}
