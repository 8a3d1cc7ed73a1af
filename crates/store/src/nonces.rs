//! The table of nonces: how far the numbers of each real key's requests may have been used.
//!
//! Numbers are given out in blocks, and a block is durable before the first of its numbers is used. So whatever happens
//! to a process, the next block begins above all that it may have used, even while the clock is behind.

use std::ops::RangeInclusive;

use crate::column::count;
use crate::{Error, Store};

/// The highest number that a column can hold; as nanoseconds since 1970 it is a day of the year 2262.
const HIGHEST: i64 = i64::MAX;

impl Store {
    /// Reserves the next block of numbers for a real key: it begins above every block before, has at least `at_least`
    /// numbers, and ends no earlier than `through`. It is durable when this returns, and nobody gets any of it again.
    ///
    /// # Errors
    /// [`Error::NoncesUsedUp`]; otherwise those of the database, after which the block may be reserved all the same and
    /// is lost.
    pub async fn reserve_nonces(
        &self,
        dialect: &str,
        api_key: &str,
        through: u64,
        at_least: u32,
    ) -> Result<RangeInclusive<u64>, Error> {
        // What stands for a column is its value before the statement, so that both are computed from the same block.
        const SQL: &str = "INSERT INTO nonces (dialect, api_key, first, last) \
            VALUES ($1, $2, 1, CASE WHEN $3 > $4 THEN $3 ELSE $4 END) \
            ON CONFLICT (dialect, api_key) DO UPDATE SET first = nonces.last + 1, \
            last = CASE WHEN $3 > nonces.last + $4 THEN $3 ELSE nonces.last + $4 END \
            WHERE nonces.last <= $5 - $4 RETURNING first, last";
        let (through, at_least) = (count(through), i64::from(at_least.max(1)));
        let block: Option<(i64, i64)> = on!(&self.pool, |db| {
            let reserve = sqlx::query_as(SQL).bind(dialect).bind(api_key).bind(through).bind(at_least);
            reserve.bind(HIGHEST).fetch_optional(db).await
        })?;
        let (first, last) = block.ok_or_else(|| Error::NoncesUsedUp(api_key.to_owned()))?;
        Ok(first.unsigned_abs()..=last.unsigned_abs())
    }

    /// Lets the numbers of every real key jump: the next lies above what `above` says for its dialect. Real keys of
    /// dialects for which it says nothing do not count. Returns how many jumped.
    ///
    /// For a database that was restored from an old backup: it does not know what was used since.
    ///
    /// # Errors
    /// As for [`Store::reserve_nonces`]; some may have jumped then, and may jump again.
    pub async fn jump_nonces(&self, above: impl Fn(&str) -> Option<u64>) -> Result<usize, Error> {
        const SQL: &str = "SELECT dialect, api_key FROM nonces UNION SELECT v.dialect, c.api_key \
            FROM credentials c JOIN venues v ON v.id = c.venue";
        let real_keys: Vec<(String, String)> = on!(&self.pool, |db| sqlx::query_as(SQL).fetch_all(db).await)?;
        let mut jumped = 0;
        for (dialect, api_key) in real_keys {
            if let Some(above) = above(&dialect) {
                self.reserve_nonces(&dialect, &api_key, above, 1).await?;
                jumped += 1;
            }
        }
        Ok(jumped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{World, both, both_at};

    const NOW: u64 = 1_800_000_000_000_000_000;

    async fn reserve(store: &Store, through: u64, at_least: u32) -> RangeInclusive<u64> {
        store.reserve_nonces("kraken", "key", through, at_least).await.unwrap()
    }

    #[tokio::test]
    async fn the_next_block_begins_above_the_last() {
        both(async |store| {
            assert_eq!(reserve(&store, NOW, 10).await, 1..=NOW);
            assert_eq!(reserve(&store, NOW + 500, 10).await, NOW + 1..=NOW + 500);
        })
        .await;
    }

    #[tokio::test]
    async fn a_clock_that_went_back_gets_only_as_many_as_are_needed() {
        both(async |store| {
            reserve(&store, NOW, 10).await;
            assert_eq!(reserve(&store, NOW - 3_600_000_000_000, 10).await, NOW + 1..=NOW + 10);
            assert_eq!(reserve(&store, 0, 0).await, NOW + 11..=NOW + 11);
        })
        .await;
    }

    #[tokio::test]
    async fn every_real_key_has_its_own_numbers() {
        both(async |store| {
            reserve(&store, NOW, 10).await;
            for (dialect, api_key) in [("kraken", "other"), ("other", "key")] {
                let block = store.reserve_nonces(dialect, api_key, 0, 10).await.unwrap();
                assert_eq!(block, 1..=10);
            }
        })
        .await;
    }

    #[tokio::test]
    async fn after_a_jump_the_next_number_lies_above_it_for_every_real_key() {
        both(async |store| {
            let world = World::add(&store, "kraken").await;
            reserve(&store, NOW, 10).await;
            let (ours, theirs) = (&world.venue.dialect, &world.credential.api_key);
            assert_eq!(
                store.jump_nonces(|dialect| (dialect == "kraken").then_some(2 * NOW)).await.unwrap(),
                1
            );
            assert_eq!(*reserve(&store, NOW, 1).await.start(), 2 * NOW + 1);
            assert_eq!(store.jump_nonces(|_| Some(3 * NOW)).await.unwrap(), 2);
            let block = store.reserve_nonces(ours, theirs, NOW, 1).await.unwrap();
            assert_eq!(*block.start(), 3 * NOW + 1, "though its numbers were never used");
        })
        .await;
    }

    #[tokio::test]
    async fn the_numbers_end_and_never_begin_again() {
        both(async |store| {
            let highest = u64::try_from(HIGHEST).unwrap();
            assert_eq!(reserve(&store, u64::MAX, 10).await, 1..=highest);
            let refused = store.reserve_nonces("kraken", "key", NOW, 1).await;
            assert!(matches!(refused, Err(Error::NoncesUsedUp(_))), "{refused:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn many_at_once_get_blocks_that_do_not_meet_and_that_survive_a_restart() {
        both_at(async |url| {
            let store = Store::open(&url).await.unwrap();
            let reserving: Vec<_> = (0..20)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move { reserve(&store, NOW, 100).await })
                })
                .collect();
            let mut blocks = Vec::new();
            for block in reserving {
                blocks.push(block.await.unwrap());
            }
            blocks.sort_by_key(|block| *block.start());
            assert!(blocks.windows(2).all(|pair| pair[0].end() < pair[1].start()), "{blocks:?}");
            store.close().await;
            let store = Store::open(&url).await.unwrap();
            assert!(reserve(&store, NOW, 1).await.start() > blocks.last().unwrap().end());
            store.close().await;
        })
        .await;
    }
}
