"""Runs single calls of real, unmodified clients, as told line by line on standard input.

Each line is one JSON object:

    {"client": "ccxt" | "ccxt-async" | "ccxt-kraken" | "binance-connector" | "kraken-sdk", "url": base URL, "api_key": …, "secret": …,
     "call": method name, "args": […], "kwargs": {…}, "skew_ms": how far the client's clock is off}

and each answer one JSON line: {"ok": true, "result": …} or {"ok": false, "error": exception class,
"parents": [its base classes], "message": …, "retryable": bool}. The tests in `crates/keyward/tests/it` drive it.
"""

import asyncio
import json
import socket
import sys
import time

import ccxt
import ccxt.async_support

# Names under localhost are this host (RFC 6761, 6.3); not every resolver knows it.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolve(
    "127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more
)

# What ccxt's users retry: a refusal by policy must never be one of these.
RETRYABLE = (ccxt.NetworkError,)


def point(node, url):
    """Every URL section of ccxt at the same door, so that nothing goes past it."""
    if isinstance(node, dict):
        return {name: point(child, url) for name, child in node.items()}
    return url + node.split("//", 1)[1].partition("/")[1] + node.split("//", 1)[1].partition("/")[2]


def options(task):
    base = {"apiKey": task["api_key"], "secret": task["secret"], "enableRateLimit": False}
    base["options"] = {"defaultType": "spot", **task.get("options", {})}
    return base


def aim(exchange, task):
    exchange.urls["api"] = point(exchange.urls["api"], task["url"])
    skew = task.get("skew_ms", 0)
    if skew:
        exchange.nonce = lambda: int(time.time() * 1000) + skew
    return exchange


def run_ccxt(task):
    exchange = aim(ccxt.binance(options(task)), task)
    return getattr(exchange, task["call"])(*task.get("args", []), **task.get("kwargs", {}))


def run_ccxt_kraken(task):
    exchange = aim(ccxt.kraken(options(task)), task)
    return getattr(exchange, task["call"])(*task.get("args", []), **task.get("kwargs", {}))


async def run_ccxt_async(task):
    exchange = aim(ccxt.async_support.binance(options(task)), task)
    try:
        return await getattr(exchange, task["call"])(*task.get("args", []), **task.get("kwargs", {}))
    finally:
        await exchange.close()


def run_connector(task):
    from binance.spot import Spot

    secret = task["secret"]
    keys = {"private_key": secret} if "PRIVATE KEY" in secret else {"api_secret": secret}
    client = Spot(api_key=task["api_key"], base_url=task["url"], **keys)
    return getattr(client, task["call"])(*task.get("args", []), **task.get("kwargs", {}))


def run_kraken_sdk(task):
    from kraken import spot

    part, call = task["call"].split(".")
    client = getattr(spot, part)(key=task["api_key"], secret=task["secret"], url=task["url"])
    return getattr(client, call)(*task.get("args", []), **task.get("kwargs", {}))


RUNNERS = {
    "ccxt": run_ccxt,
    "ccxt-async": lambda task: asyncio.run(run_ccxt_async(task)),
    "ccxt-kraken": run_ccxt_kraken,
    "binance-connector": run_connector,
    "kraken-sdk": run_kraken_sdk,
}


def answer(task):
    try:
        return {"ok": True, "result": RUNNERS[task["client"]](task)}
    except Exception as error:  # every exception of a client is an answer
        parents = [parent.__name__ for parent in type(error).__mro__]
        retryable = isinstance(error, RETRYABLE)
        return {"ok": False, "error": type(error).__name__, "parents": parents, "message": str(error), "retryable": retryable}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line)), default=str), flush=True)
