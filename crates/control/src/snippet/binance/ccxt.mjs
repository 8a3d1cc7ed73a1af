{{imports}}import ccxt from "ccxt";

const door = "{{door}}";
const exchange = new ccxt.binance({
  apiKey: "{{key}}",
  secret: {{secret}},
  headers: { "X-MBX-APIKEY": "{{key}}" }, // for market data too, which ccxt asks for without a key
  options: { fetchMarkets: { types: ["spot"] } }, // add "linear" and "inverse" for futures
  // Every URL of ccxt's binance is listed: one left out would go past Keyward to the exchange.
  urls: { api: {
{{sections}}  } },
});
console.log((await exchange.fetchBalance()).total);
