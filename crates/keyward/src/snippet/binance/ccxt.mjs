import { readFileSync } from "node:fs";
import ccxt from "ccxt";

const door = "{{door}}";
const exchange = new ccxt.binance({
  apiKey: "{{key}}",
  secret: {{secret}},
  options: { fetchMarkets: { types: ["spot"] } }, // add "linear" and "inverse" for futures
  // Every URL of ccxt's binance is listed: one left out would go past Keyward to the exchange.
  urls: { api: {
{{sections}}  } },
});
console.log((await exchange.fetchBalance()).total);
