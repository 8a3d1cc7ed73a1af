{{imports}}import ccxt

door = "{{door}}"
exchange = ccxt.kraken({
    "apiKey": "{{key}}",
    "secret": {{secret}},
    "headers": {"API-Key": "{{key}}"},  # for market data too, which ccxt asks for without a key
    # Every URL of ccxt's kraken is listed: one left out would go past Keyward to the exchange.
    "urls": {"api": {"public": door, "private": door, "zendesk": door}},
})
print(exchange.fetch_balance()["total"])
