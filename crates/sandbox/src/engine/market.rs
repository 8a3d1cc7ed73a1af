//! One market: its rules, its book, its trades and its candles.

use std::collections::VecDeque;

use rust_decimal::Decimal;

use super::account::keep_newest;
use super::book::Book;
use super::candle::Candles;
use super::filters::Filters;
use super::order::Side;
use super::trade::Trade;
use crate::config::MarketConfig;

/// One market.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    pub(crate) symbol: String,
    pub(crate) base: String,
    pub(crate) quote: String,
    pub(crate) filters: Filters,
    /// The price of the last trade, or where the price starts.
    pub(crate) last: Decimal,
    pub(crate) candles: Candles,
    pub(crate) trades: VecDeque<Trade>,
    pub(super) book: Book,
    next_trade: u64,
}

impl Market {
    pub(super) fn new(config: &MarketConfig) -> Self {
        Self {
            symbol: format!("{}{}", config.base, config.quote),
            base: config.base.clone(),
            quote: config.quote.clone(),
            filters: Filters::new(config),
            last: config.price,
            candles: Candles::default(),
            trades: VecDeque::new(),
            book: Book::default(),
            next_trade: 1,
        }
    }

    /// The asset that an order of this side gives.
    pub(super) fn given(&self, side: Side) -> &str {
        match side {
            Side::Buy => &self.quote,
            Side::Sell => &self.base,
        }
    }

    pub(super) fn next_trade_id(&mut self) -> u64 {
        self.next_trade += 1;
        self.next_trade - 1
    }

    /// Takes up a trade.
    pub(super) fn record(&mut self, trade: &Trade) {
        self.last = trade.price;
        self.candles.record(trade);
        keep_newest(&mut self.trades, trade.clone());
    }
}
