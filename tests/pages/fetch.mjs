// A real browser with a publishable key: two pages of two origins, of which the key names one; both do what its snippet says.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { bin, data, price, account } = JSON.parse(process.argv[2]);
const require = createRequire(`${process.env.KEYWARD_TEST_MODULES}/`);
const puppeteer = (await import(require.resolve("puppeteer-core"))).default;
const cli = (...args) => JSON.parse(execFileSync(bin, ["--data", data, "--json", ...args], { encoding: "utf8" }));

const serve = () => new Promise((ready) => {
  const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end("<title>a page</title>"));
  server.listen(0, "127.0.0.1", () => ready(`http://localhost:${server.address().port}`));
});
const [own, other] = [await serve(), await serve()];
const key = cli("key", "create", "page", "--project", "bots", "--venue", "binance", "--publishable", "--origin", own);
const { snippet } = cli("key", "show", "page", "--client", "fetch");

const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
// What the page gets to know: the answer, or why there is none.
const asks = (url, init) => page.evaluate(async (url, init) => {
  try {
    const answer = await fetch(url, init);
    return answer.headers.get("Keyward-Reason") ?? (await answer.json());
  } catch (error) {
    return error.message;
  }
}, url, init);

const wrong = [];
const expect = (is, wanted, what) => {
  if (is !== wanted) wrong.push(`${what}: ${JSON.stringify(is)}, not ${wanted}`);
};
const door = key.base_urls.binance;
const headers = { "X-MBX-APIKEY": key.api_key };
const blocked = "Failed to fetch";

await page.goto(own);
expect((await asks(door + price, { headers })).symbol, "BTCUSDT", "a price");
expect(await asks(door + account, { headers }), "publishable", "the account");
expect(await asks(door + price, { headers, credentials: "include" }), blocked, "a price asked for with cookies");
expect(await asks(door + account, { headers, method: "DELETE" }), blocked, "what changes something");
const said = new Promise((heard) => page.once("console", (line) => heard(line.text())));
await page.addScriptTag({ type: "module", content: snippet });
expect(typeof (await said), "string", "what the snippet prints");

await page.goto(other);
expect(await asks(door + price, { headers }), blocked, "a page of another origin");

cli("key", "revoke", "page");
await page.goto(own);
expect(await asks(door + price, { headers }), "key_revoked", "a revoked key");

await browser.close();
wrong.forEach((what) => console.log(`WRONG: ${what}`));
process.exit(wrong.length ? 1 : 0);
