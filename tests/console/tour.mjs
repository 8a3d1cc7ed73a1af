// The console in a real browser: from the first run to the kill switch, as people do it, on throw-away data. axe looks at
// every page, at the width of a phone and of a desk, in light and in dark; whatever is wrong is told, and ends in failure.
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { TOUR_BIN: bin, TOUR_DATA: data, TOUR_MODULES: modules, TOUR_PICTURES: pictures } = process.env;
const exchange = JSON.parse(process.env.TOUR_EXCHANGE);
const { gateway, control } = JSON.parse(process.env.TOUR_SERVER);
const require = createRequire(`${modules}/`);
const puppeteer = (await import(require.resolve("puppeteer-core"))).default;
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SIZES = [["phone", 390, 844], ["desktop", 1280, 800]];
const SCHEMES = ["light", "dark"];
const WEIGHT_MAX = 100_000;
const PASSWORD = "otter violin granite seven";
if (pictures) mkdirSync(pictures, { recursive: true });

const wrong = [];
const complain = (what) => { wrong.push(what); console.log(`WRONG: ${what}`); };
const expect = (is, wanted, what) => { if (is !== wanted) complain(`${what}: ${is}, not ${wanted}`); };

// --- Who is not the browser: the command line, a device, a bot.

const cli = (...args) => JSON.parse(execFileSync(bin, ["--data", data, "--json", ...args], { encoding: "utf8" }));

const base32 = (text) => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
};

// RFC 6238; a code is good once, so each use asks for a step of its own.
const code = (secret, step) => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const mac = createHmac("sha1", base32(secret)).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};

const bot = async ({ key, secret }, method, path, parameters = "") => {
  const query = `${parameters ? `${parameters}&` : ""}timestamp=${Date.now()}`;
  const signature = createHmac("sha256", secret).update(query).digest("hex");
  const answer = await fetch(`${gateway}/binance${path}?${query}&signature=${signature}`, {
    method, headers: { "X-MBX-APIKEY": key },
  });
  return `${answer.status} ${answer.headers.get("keyward-reason") ?? "passed"}`;
};

// --- The browser.

const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
page.on("console", (said) => {
  if (said.type() === "error" && !said.text().includes("status of 4")) complain(`${page.url()} says ${said.text()}`);
});
page.on("pageerror", (error) => complain(`${page.url()} breaks: ${error.message}`));
page.on("request", (request) => {
  if (!request.url().startsWith(control)) complain(`${page.url()} asks ${request.url()}`);
});
page.on("dialog", (dialog) => dialog.accept());

const open = async (path) => {
  const answer = await page.goto(path.startsWith("http") ? path : control + path);
  const weight = (await answer.buffer()).length;
  if (weight >= WEIGHT_MAX) complain(`${path} weighs ${weight} bytes`);
};
const fill = async (fields) => {
  for (const [place, value] of Object.entries(fields)) {
    await page.$eval(place, (field, value) => {
      if (typeof value === "boolean") field.checked = value; else field.value = value;
    }, value);
  }
};
const press = (button) => Promise.all([page.waitForNavigation(), page.click(button)]);
const send = async (path, fields, button = "main .primary") => { await open(path); await fill(fields); await press(button); };
const here = () => page.url().slice(control.length);
const stored = () => fill({ "[data-guard]": true });

// Looks at the page that is open, in every way.
const look = async (name) => {
  for (const [size, width, height] of SIZES) {
    for (const scheme of SCHEMES) {
      await page.setViewport({ width, height });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      if (pictures) await page.screenshot({ path: `${pictures}/${name}-${size}-${scheme}.png` });
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) complain(`${name} is wider than a ${size}`);
      // The page's own policy would keep axe out.
      const protocol = await page.createCDPSession();
      await protocol.send("Page.setBypassCSP", { enabled: true });
      const { violations } = await page.evaluate(`${axe};axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`);
      await protocol.send("Page.setBypassCSP", { enabled: false });
      await protocol.detach();
      for (const { id, nodes } of violations) complain(`${name} ${size} ${scheme}: ${id} at ${nodes[0].target} (${nodes.length})`);
    }
  }
  await page.setViewport({ width: 1280, height: 800 });
  console.log(`looked at ${name}`);
};

// --- The tour.

await open("/keys");
expect(here(), "/sign-in?then=%2Fkeys", "who has not signed in is at");
await look("first-run");
await open(cli("operator", "invite", "ada", "--role", "owner").url);
await look("invitation");
await fill({ "#password": PASSWORD, "#again": PASSWORD });
await press("main .primary");
expect(here(), "/second-factor", "who has no second factor is at");
await look("second-factor");
const device = await page.$eval("main code", (text) => text.textContent);
const used = code(device, -1);
await fill({ "#code": used, "#password": PASSWORD });
await press("main .primary");
await look("recovery-codes");
await stored();
await open("/");
await look("first-steps");

await open("/account");
await press("form[action='/sign-out'] button");
await send("/sign-in", { "#name": "ada", "#password": "not the password", "#code": code(device, 0) });
await look("sign-in-refused");
await send("/sign-in?then=%2Fprojects", { "#name": "ada", "#password": PASSWORD, "#code": used });
expect(await page.$eval("h1", (title) => title.textContent), "Sign in", "a code that was used leads to");
await send("/sign-in?then=%2Fprojects", { "#name": "ada", "#password": PASSWORD, "#code": code(device, 0) });
expect(here(), "/projects", "who has signed in is at");

for (const name of ["bots", "treasury"]) await send("/projects/new", { "#name": name });
await send("/venues/new", { "#name": "binance", "#url": exchange.url });
const real = exchange.accounts.find((account) => account.key_type === "hmac");
await send("/credentials/new", { "#name": "main", "#api_key": real.api_key, "#secret": real.secret });
await send("/credentials/generate", { "#name": "paired" });
await look("credential-pair");
await open("/credentials/main");
await press("form[action$='/check'] button");
await look("credential-checked");

const issue = async (name, preset, fields, looks = false) => {
  await open("/keys/new");
  await press(`a[href$='preset=${preset}']`);
  await fill({ "#name": name, "#project": "bots", "input[value=main]": true, ...fields });
  await press("[value=review]");
  if (looks) await look("new-key-review");
  await press("[value=issue]");
  if (looks) await look("new-key-secret");
  const [key, secret] = await page.$$eval("dl.big code", (texts) => texts.map((text) => text.textContent));
  await stored();
  return { key, secret };
};
const grid = await issue("grid-btc", "spot-bot", { "#symbols": "BTC/USDT\nETH/USDT", "#ip": "127.0.0.1" });
await issue("mm-perp", "market-maker", { "#expires": "never" }, true);
const tax = await issue("tax-export", "portfolio", { "#expires": "1d" });
await issue("payouts", "custom", { "#ip": "203.0.113.20", "[value=read]": true, "[value=withdraw]": true });

const order = (symbol) => `symbol=${symbol}&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=20000`;
expect(await bot(grid, "GET", "/api/v3/account"), "200 passed", "the bot's balance");
expect(await bot(grid, "POST", "/api/v3/order", order("BTCUSDT")), "200 passed", "the bot's order");
expect(await bot(grid, "POST", "/api/v3/order", order("LTCUSDT")), "401 symbol_not_allowed", "another market");
expect(await bot(tax, "POST", "/api/v3/order", order("BTCUSDT")), "401 permission_missing", "a reader's order");
expect(await bot({ ...grid, secret: "x" }, "GET", "/api/v3/account"), "400 signature_invalid", "a wrong secret");
await open("/keys/grid-btc");
await page.$eval(".why", (why) => { why.open = true; });
expect(await page.$$eval(".why", (all) => all.length > 0), true, "the refusals of the bot are told");

await send("/people/invite", { "#name": "grace@example.com", "#role": "trader" });
await look("invited");
await stored();
await send("/tokens/new", { "#name": "ci", "#ip": "203.0.113.7" });
await look("token-made");
await stored();
await send("/keys/tax-export/rotate", {});
const fresh = await page.$$eval("dl.big code", (texts) => texts.map((text) => text.textContent));
await stored();
expect(await bot(tax, "GET", "/api/v3/account"), "200 passed", "the old key in the overlap");
expect(await bot({ key: fresh[0], secret: fresh[1] }, "GET", "/api/v3/account"), "200 passed", "the new key");

const PAGES = {
  overview: "/", keys: "/keys", "new-key": "/keys/new", "new-key-form": "/keys/new?preset=spot-bot", key: "/keys/grid-btc",
  rotate: "/keys/grid-btc/rotate", revoke: "/keys/grid-btc/revoke", kill: "/kill",
  "kill-confirm": "/kill?what=project&project=bots", venues: "/venues", "new-venue": "/venues/new",
  credentials: "/credentials", "new-credential": "/credentials/new", projects: "/projects", audit: "/audit",
  "audit-refusals": "/audit?event=refused", "audit-entry": "/audit/20", seal: "/vault/seal", unseal: "/vault/unseal",
  people: "/people", invite: "/people/invite", role: "/people/ada/role", tokens: "/tokens", "new-token": "/tokens/new",
  account: "/account", password: "/account/password", "step-up": "/step-up?then=%2Fkeys", problem: "/keys/nothing",
};
for (const [name, path] of Object.entries(PAGES)) {
  await open(path);
  await look(name);
}
await open("/audit");
await press("form[action='/audit/verify'] button");
await look("audit-verified");

await page.setJavaScriptEnabled(false);
await open("/keys/payouts");
await press("a[href$='/revoke']");
await press("main button");
expect(here().endsWith("?done=revoked"), true, "a key is revoked without JavaScript");
await page.setJavaScriptEnabled(true);

await open("/kill?what=key&key=grid-btc");
await press("main .stop");
expect(await bot(grid, "GET", "/api/v3/account"), "401 key_revoked", "the bot after its key was killed");
await open("/vault/seal");
await press("main .stop");
await look("overview-sealed");
expect((await bot(tax, "GET", "/api/v3/account")).endsWith("vault_sealed"), true, "a bot is told that the vault is sealed");

await browser.close();
console.log(`${wrong.length} things are wrong`);
process.exit(wrong.length ? 1 : 0);
