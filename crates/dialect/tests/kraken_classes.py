"""Holds the table of docs/dialects/kraken.md against the clients themselves.

The table says, for each kind of refusal, what Keyward answers and which class the clients raise. A test of the crate
holds the answers against the code; this script holds the classes against ccxt and python-kraken-sdk: it serves each answer
on a local port and lets them make a real call. Needs both; prints one line a row, and exits with 1 when a class differs.
"""

import http.server
import importlib.metadata
import json
import pathlib
import sys
import threading

import ccxt
from kraken.spot import User

TABLE = pathlib.Path(__file__).parents[3] / "docs" / "dialects" / "kraken.md"
KEY, SECRET = "key", "c2VjcmV0"


def rows():
    """The rows of the table: kind, status, body with a reason for people, and the classes."""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().strip("`") for cell in line.split("|")[1:-1]]
        if len(cells) == 5 and cells[1].isdigit():
            body = json.loads(cells[2])
            next(iter(body.values())).append("EKeyward:a reason for people.")
            yield cells[0], int(cells[1]), json.dumps(body), cells[3:]


class Door(http.server.BaseHTTPRequestHandler):
    """Answers every call with the row of the moment."""

    answer = (200, "")

    def do_POST(self):
        """One call."""
        self.rfile.read(int(self.headers["Content-Length"]))
        status, body = self.answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format, *args):
        """Says nothing."""


def raised(call):
    """The class that a call raises."""
    try:
        call()
    except Exception as error:  # the class is what is asked for
        return type(error).__name__
    return "none"


def main():
    """Compares every row, and says what differs."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    exchange = ccxt.kraken({"apiKey": KEY, "secret": SECRET, "enableRateLimit": False})
    exchange.urls["api"] = {name: url for name in exchange.urls["api"]}
    user = User(key=KEY, secret=SECRET, url=url)
    wrong = count = 0
    for kind, status, body, expected in rows():
        Door.answer = (status, body)
        seen = [raised(exchange.private_post_balance), raised(user.get_account_balance)]
        same = seen == expected
        wrong += not same
        count += 1
        print(kind, " | ".join(seen), "" if same else f"  <- the table says {' | '.join(expected)}")
    sdk = importlib.metadata.version("python-kraken-sdk")
    print(f"{count - wrong} passed, {wrong} failed (ccxt {ccxt.__version__}, python-kraken-sdk {sdk})")
    sys.exit(1 if wrong or not count else 0)


if __name__ == "__main__":
    main()
