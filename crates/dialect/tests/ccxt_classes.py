"""Holds the table of docs/dialects/binance.md against ccxt itself.

The table says, for each kind of refusal, what Keyward answers and which class ccxt raises. A test of the crate holds
the answers against the code; this script holds the classes against ccxt: it feeds each answer to ccxt's own error
handling, through a gateway's URL and through each of Binance's own hosts. Needs ccxt; prints one line a row, and exits
with 1 when a class differs.
"""

import json
import pathlib
import sys

import ccxt

TABLE = pathlib.Path(__file__).parents[3] / "docs" / "dialects" / "binance.md"
URLS = [
    "http://127.0.0.1:8080/binance/api/v3/order",
    "https://api.binance.com/api/v3/order",
    "https://fapi.binance.com/fapi/v1/order",
    "https://dapi.binance.com/dapi/v1/order",
    "https://eapi.binance.com/eapi/v1/order",
    "https://papi.binance.com/papi/v1/um/order",
]


def rows():
    """The rows of the table: kind, status, body, and the classes by URL."""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().strip("`") for cell in line.split("|")[1:-1]]
        if len(cells) == 4 + len(URLS) and cells[1].isdigit():
            body = json.dumps({"code": int(cells[2]), "msg": cells[3] + " A reason for people."})
            yield cells[0], int(cells[1]), body, cells[4:]


def raised(url, status, body):
    """The class that ccxt raises for an answer, once the session has succeeded before."""
    exchange = ccxt.binance({"options": {"hasAlreadyAuthenticatedSuccessfully": True}})
    try:
        exchange.handle_errors(status, "", url, "POST", {}, body, json.loads(body), {}, "")
        exchange.handle_http_status_code(status, "", url, "POST", body)
    except ccxt.BaseError as error:
        return type(error).__name__
    return "none"


def main():
    """Compares every row, and says what differs."""
    wrong = count = 0
    for kind, status, body, expected in rows():
        seen = [raised(url, status, body) for url in URLS]
        same = seen == expected
        wrong += not same
        count += 1
        print(kind, " | ".join(seen), "" if same else f"  <- the table says {' | '.join(expected)}")
    print(f"{count - wrong} passed, {wrong} failed (ccxt {ccxt.__version__})")
    sys.exit(1 if wrong or not count else 0)


if __name__ == "__main__":
    main()
