"""Trades with ccxt on several threads until standard input ends, and counts what failed.

Arguments: base URL, API key, threads. The secret is the first line of standard input. Prints "trading" when every thread
has had an answer, and at the end one JSON line: {"requests": count, "failures": [message, …]}. ccxt does not try again
by itself, and neither does this: a failure is one that a bot would have seen.
"""

import json
import sys
import threading

import ccxt

from worker import aim, options

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.001", "price": "30000"}
# Reads after each order that is placed and taken back.
READS = 4
# Between two requests of a thread: the exchange counts weight, and a limit reached is no failure of a restart.
PAUSE_S = 0.15


def requests(exchange):
    """What a trader does, one request after the other."""
    while True:
        order = {}
        yield lambda: order.update(exchange.private_post_order(ORDER))
        yield lambda: exchange.private_delete_order({"symbol": ORDER["symbol"], "orderId": order["orderId"]})
        for _ in range(READS):
            yield lambda: exchange.private_get_openorders({"symbol": ORDER["symbol"]})


def trade(task, started, stop, counted):
    for request in requests(aim(ccxt.binance(options(task)), task)):
        try:
            request()
            counted.append(None)
        except Exception as error:  # every exception of a client is a failure
            counted.append(f"{type(error).__name__}: {error}")
        started.set()
        if stop.wait(PAUSE_S):
            return


def main():
    url, api_key, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    task = {"url": url, "api_key": api_key, "secret": sys.stdin.readline().strip()}
    stop, counted, begun = threading.Event(), [], [threading.Event() for _ in range(threads)]
    traders = []
    for number, started in enumerate(begun):
        # A restart on a busy machine may take longer than the usual window; and each trader has a window of its own, or
        # two that ask the same in the same millisecond would sign the same.
        own = {**task, "options": {"recvWindow": 60000 - number}}
        traders.append(threading.Thread(target=trade, args=(own, started, stop, counted)))
    for trader in traders:
        trader.start()
    for started in begun:
        started.wait()
    print("trading", flush=True)
    sys.stdin.read()
    stop.set()
    for trader in traders:
        trader.join()
    print(json.dumps({"requests": len(counted), "failures": [one for one in counted if one]}), flush=True)


main()
