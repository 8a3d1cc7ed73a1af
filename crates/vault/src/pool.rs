//! A bounded pool of locked pages, so that opening a secret costs no system call.

use std::ops::Deref;
use std::sync::Arc;

use parking_lot::Mutex;
use zeroize::Zeroize;

use crate::Error;
use crate::locked::Locked;

/// The size of a page of the pool: what the kernel locks as one.
pub(crate) const PAGE: usize = 4096;
/// More secrets than this are never open at once: signing takes microseconds and waits for nothing.
const PAGES: usize = 256;

/// Locked pages that wait for a secret.
pub(crate) struct Pool(Mutex<State>);

struct State {
    idle: Vec<Locked>,
    mapped: usize,
    all_locked: bool,
}

impl Pool {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State { idle: Vec::new(), mapped: 0, all_locked: true })))
    }

    /// An empty page; [`Error::Busy`] when too many are in use.
    pub(crate) fn take(self: &Arc<Self>) -> Result<Page, Error> {
        let page = self.0.lock().take()?;
        Ok(Page { page: Some(page), used: 0, pool: Arc::clone(self) })
    }

    /// Whether the kernel agreed to lock every page so far.
    pub(crate) fn all_locked(&self) -> bool {
        self.0.lock().all_locked
    }
}

impl State {
    fn take(&mut self) -> Result<Locked, Error> {
        if let Some(page) = self.idle.pop() {
            return Ok(page);
        }
        if self.mapped == PAGES {
            return Err(Error::Busy);
        }
        let page = Locked::new(PAGE)?;
        self.mapped += 1;
        self.all_locked &= page.is_locked();
        Ok(page)
    }
}

/// A page on loan: wiped and given back on drop.
pub(crate) struct Page {
    page: Option<Locked>, // none only while it is dropped
    used: usize,
    pool: Arc<Pool>,
}

impl Page {
    /// The first `len` bytes to write to: they are what is wiped later. None when the page is smaller.
    pub(crate) fn claim(&mut self, len: usize) -> Option<&mut [u8]> {
        self.used = self.used.max(len.min(PAGE));
        self.page.as_mut()?.get_mut(..len)
    }

    /// Gives the page out for reading: the secret is its bytes from `start` to the end of what was claimed.
    pub(crate) fn into_opened(self, start: usize) -> Opened {
        Opened { page: self, start }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(mut page) = self.page.take() {
            page[..self.used].zeroize();
            self.pool.0.lock().idle.push(page);
        }
    }
}

/// A secret in the open, for the moment of its use: on a locked page, wiped on drop.
///
/// Nothing can print, serialise or copy it:
///
/// ```compile_fail,E0277
/// fn print(secret: &keyward_vault::Opened) { println!("{secret:?}"); }
/// ```
/// ```compile_fail,E0308
/// fn copy(secret: &keyward_vault::Opened) -> keyward_vault::Opened { secret.clone() }
/// ```
pub struct Opened {
    page: Page,
    start: usize,
}

impl Deref for Opened {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.page.page.as_ref().map_or(&[], |page| &page[self.start..self.page.used])
    }
}

impl AsRef<[u8]> for Opened {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_returned_page_is_wiped_and_used_again() {
        let pool = Pool::new();
        let mut page = pool.take().unwrap();
        page.claim(6).unwrap().copy_from_slice(b"secret");
        let at = page.claim(1).unwrap().as_ptr();
        drop(page);
        let mut again = pool.take().unwrap();
        let bytes = again.claim(PAGE).unwrap();
        assert_eq!(bytes.as_ptr(), at);
        assert!(bytes.iter().all(|&byte| byte == 0));
    }

    #[test]
    fn the_pool_is_bounded_and_recovers() {
        let pool = Pool::new();
        let pages: Vec<_> = (0..PAGES).map(|_| pool.take().unwrap()).collect();
        assert!(matches!(pool.take(), Err(Error::Busy)));
        drop(pages);
        assert!(pool.take().is_ok());
    }

    #[test]
    fn more_than_a_page_is_not_given() {
        assert!(Pool::new().take().unwrap().claim(PAGE + 1).is_none());
    }
}
