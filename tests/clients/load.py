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
# One order for so many reads.
READS = 4


def trade(task, started, stop, counted):
    exchange = aim(ccxt.binance(options(task)), task)
    turn = 0
    while not stop.is_set():
        turn += 1
        try:
            if turn % (READS + 1) == 0:
                order = exchange.private_post_order(ORDER)
                exchange.private_delete_order({"symbol": "BTCUSDT", "orderId": order["orderId"]})
            else:
                exchange.private_get_account()
            counted.append(None)
        except Exception as error:  # every exception of a client is a failure
            counted.append(f"{type(error).__name__}: {error}")
        started.set()


def main():
    url, api_key, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    task = {"url": url, "api_key": api_key, "secret": sys.stdin.readline().strip()}
    # A restart on a busy machine may take longer than the usual window.
    task["options"] = {"recvWindow": 60000}
    stop, counted, begun = threading.Event(), [], [threading.Event() for _ in range(threads)]
    traders = [threading.Thread(target=trade, args=(task, started, stop, counted)) for started in begun]
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
