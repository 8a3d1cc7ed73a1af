#!/usr/bin/env python3
"""What a trader does in a day, with an unmodified client, told as one JSON object.

The same story runs straight against an exchange and through Keyward. It never crashes: what fails is told.

    story.py --base-url URL --api-key KEY --secret-file FILE --client ccxt|ccxt-async|binance-connector

prints {"client": …, "steps": {"ticker": {"ok": true, "value": …, "ms": …},
                               "balance": {"ok": false, "error": "AuthenticationError", "message": "…", "ms": …}, …}}

The secret is an HMAC secret, or a private key as PEM (Ed25519 or RSA). `error` is the name of the class that the client
raised. A step that needs what an earlier one did not bring says "Skipped".
"""

import argparse
import asyncio
import inspect
import json
import pathlib
import time
from urllib.parse import urlsplit

STEPS = [
    "load_markets",
    "ticker",
    "balance",
    "limit_order",
    "open_orders",
    "order_status",
    "cancel",
    "market_order",
    "my_trades",
    "withdraw",
]


class Skipped(Exception):
    """The step needs what an earlier one did not bring."""


class Ccxt:
    """ccxt, synchronous or not: each step returns a value, or something to await."""

    def __init__(self, settings, library):
        self.symbol = settings.symbol
        self.settings = settings
        self.exchange = library.binance({
            "apiKey": settings.api_key,
            "secret": settings.secret,
            "timeout": settings.timeout_ms,
            "headers": settings.headers,
            # ccxt's own option for a clock that is wrong; it stamps requests with its time less this.
            "options": {"timeDifference": -settings.clock_offset_ms},
        })
        # Every section must move: what is left out goes straight to the real exchange, past the door.
        sections = self.exchange.urls["api"]
        self.exchange.urls["api"] = {name: self.moved(url) for name, url in sections.items()}
        self.order_id = None
        self.price = None

    def moved(self, url):
        return self.settings.base_url + urlsplit(url).path

    def load_markets(self):
        return then(self.exchange.load_markets(), lambda markets: len(markets))

    def ticker(self):
        return then(self.exchange.fetch_ticker(self.symbol), self.keep_price)

    def keep_price(self, ticker):
        self.price = ticker["last"]
        return ticker["last"]

    def balance(self):
        return then(self.exchange.fetch_balance(), lambda balance: balance["free"])

    def limit_order(self):
        # Far below the market, so that it waits until it is cancelled.
        price = float(self.exchange.price_to_precision(self.symbol, (self.price or 100) * 0.8))
        return then(self.exchange.create_order(self.symbol, "limit", "buy", self.settings.amount, price), self.keep_order)

    def keep_order(self, order):
        self.order_id = order["id"]
        return {"id": order["id"], "status": order["status"]}

    def open_orders(self):
        return then(self.exchange.fetch_open_orders(self.symbol), lambda orders: [order["id"] for order in orders])

    def order_status(self):
        return then(self.exchange.fetch_order(needed(self.order_id), self.symbol), lambda order: order["status"])

    def cancel(self):
        return then(self.exchange.cancel_order(needed(self.order_id), self.symbol), lambda order: order["status"])

    def market_order(self):
        order = self.exchange.create_order(self.symbol, "market", "buy", self.settings.amount)
        return then(order, lambda order: {"id": order["id"], "status": order["status"], "filled": order["filled"]})

    def my_trades(self):
        return then(self.exchange.fetch_my_trades(self.symbol), lambda trades: len(trades))

    def withdraw(self):
        coin, address = self.settings.withdraw.split(":", 1)
        return then(self.exchange.withdraw(coin, self.settings.amount, address), lambda sent: sent["id"])

    def close(self):
        close = getattr(self.exchange, "close", None)
        return close() if close else None


class BinanceConnector:
    """Binance's own Python client."""

    def __init__(self, settings, spot):
        self.settings = settings
        self.symbol = settings.symbol.replace("/", "")
        secret = {"private_key": settings.secret} if "PRIVATE KEY" in settings.secret else {"api_secret": settings.secret}
        timeout = settings.timeout_ms / 1000
        self.client = spot(api_key=settings.api_key, base_url=settings.base_url, timeout=timeout, **secret)
        self.client.session.headers.update(settings.headers)
        self.order_id = None
        self.price = None

    def load_markets(self):
        return len(self.client.exchange_info()["symbols"])

    def ticker(self):
        self.price = float(self.client.ticker_24hr(self.symbol)["lastPrice"])
        return self.price

    def balance(self):
        return {row["asset"]: float(row["free"]) for row in self.client.account()["balances"]}

    def limit_order(self):
        order = self.client.new_order(
            symbol=self.symbol,
            side="BUY",
            type="LIMIT",
            timeInForce="GTC",
            quantity=self.settings.amount,
            price=f"{(self.price or 100) * 0.8:.2f}",
        )
        self.order_id = order["orderId"]
        return {"id": str(order["orderId"]), "status": order["status"]}

    def open_orders(self):
        return [str(order["orderId"]) for order in self.client.get_open_orders(self.symbol)]

    def order_status(self):
        return self.client.get_order(self.symbol, orderId=needed(self.order_id))["status"]

    def cancel(self):
        return self.client.cancel_order(self.symbol, orderId=needed(self.order_id))["status"]

    def market_order(self):
        order = self.client.new_order(symbol=self.symbol, side="BUY", type="MARKET", quantity=self.settings.amount)
        return {"id": str(order["orderId"]), "status": order["status"], "filled": float(order["executedQty"])}

    def my_trades(self):
        return len(self.client.my_trades(self.symbol))

    def withdraw(self):
        coin, address = self.settings.withdraw.split(":", 1)
        return self.client.withdraw(coin=coin, amount=self.settings.amount, address=address)["id"]

    def close(self):
        self.client.session.close()


def needed(value):
    if value is None:
        raise Skipped("an earlier step did not bring what this one needs")
    return value


def then(value, use):
    """Applies `use` to a value, now or once it is there."""
    if not inspect.isawaitable(value):
        return use(value)

    async def later():
        return use(await value)

    return later()


def trader(settings):
    if settings.client == "ccxt":
        import ccxt

        return Ccxt(settings, ccxt)
    if settings.client == "ccxt-async":
        import ccxt.async_support

        return Ccxt(settings, ccxt.async_support)
    from binance.spot import Spot

    return BinanceConnector(settings, Spot)


async def told(step):
    """What became of a step."""
    started = time.monotonic()
    try:
        value = step()
        if inspect.isawaitable(value):
            value = await value
        outcome = {"ok": True, "value": value}
    except Exception as failure:  # whatever a client raises is what the story is about
        outcome = {"ok": False, "error": type(failure).__name__, "message": message(failure)}
    return outcome | {"ms": round((time.monotonic() - started) * 1000)}


def message(failure):
    """What the failure says; binance-connector's errors say nothing unless they are asked."""
    parts = [getattr(failure, name, None) for name in ("status_code", "error_code", "error_message")]
    said = " ".join(str(part) for part in parts if part is not None)
    return str(failure) or said or repr(failure)


async def story(settings):
    try:
        hero = trader(settings)
    except Exception as failure:
        return {"client": settings.client, "error": type(failure).__name__, "message": message(failure), "steps": {}}
    steps = {name: await told(getattr(hero, name)) for name in settings.steps}
    await told(hero.close)
    return {"client": settings.client, "steps": steps}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--api-key", required=True)
    parser.add_argument("--secret-file", required=True, type=pathlib.Path)
    parser.add_argument("--client", default="ccxt", choices=["ccxt", "ccxt-async", "binance-connector"])
    parser.add_argument("--symbol", default="BTC/USDT")
    parser.add_argument("--amount", type=float, default=0.001)
    parser.add_argument("--steps", help="comma-separated; all but withdraw when absent")
    parser.add_argument("--withdraw", metavar="COIN:ADDRESS", help="also send money away")
    parser.add_argument("--header", action="append", default=[], metavar="NAME=VALUE", help="sent with every request")
    parser.add_argument("--clock-offset-ms", type=int, default=0, help="ccxt only: how wrong the client's clock is")
    parser.add_argument("--timeout-ms", type=int, default=10_000)
    settings = parser.parse_args()
    settings.base_url = settings.base_url.rstrip("/")
    settings.secret = settings.secret_file.read_text().strip()
    settings.headers = dict(header.split("=", 1) for header in settings.header)
    usual = [step for step in STEPS if step != "withdraw" or settings.withdraw]
    settings.steps = settings.steps.split(",") if settings.steps else usual
    return settings


if __name__ == "__main__":
    print(json.dumps(asyncio.run(story(arguments()))))
