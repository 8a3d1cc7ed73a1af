// The console in a real browser: from the first run to the kill switch, as people do it, on throw-away data. axe looks at
// every page, at the width of a phone and of a desk, in light and in dark; whatever is wrong is told, and ends in failure.
import { browser, person } from "./browser.mjs";
import { bot, cli, code, complain, exchange, expect, finish, keepTrading, leave } from "./surroundings.mjs";

const PASSWORD = "otter violin granite seven";
const link = (...args) => cli("operator", "invite", ...args).url.replace("127.0.0.1", "localhost");
const ada = await person();
const { page, open, fill, press, send, here, text, texts, stored, look } = ada;

// The client raises its own exception, whose words hold what was wrong.
const refuses = (said, exception, word, what) => {
  if (!said.startsWith(exception) || !said.includes(word)) complain(`${what}: ${said}`);
};

await open("/keys");
expect(here(), "/sign-in?then=%2Fkeys", "who has not signed in is at");
await look("first-run");
await open(link("ada", "--role", "owner"));
await look("invitation");
await fill({ "#password": PASSWORD, "#again": PASSWORD });
await press("main .primary");
expect(here(), "/second-factor", "who has no second factor is at");
await look("second-factor");
const device = await text("main code");
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
await open("/sign-in?then=%2Faccount");
await look("sign-in");
await send("/sign-in?then=%2Fprojects", { "#name": "ada", "#password": PASSWORD, "#code": used });
expect(await text("h1"), "Sign in", "a code that was used leads to");
await send("/sign-in?then=%2Fprojects", { "#name": "ada", "#password": PASSWORD, "#code": code(device, 0) });
expect(here(), "/projects", "who has signed in is at");

await send("/step-up?then=%2Faccount", { "#code": code(device, 1) });
expect(here(), "/account", "who has shown his code again is at");
// No look until the passkey was last used: looking takes the authenticator away.
await ada.withAuthenticator();
await send("/account/passkeys/new", { "#passkey-name": "laptop" });
expect(here(), "/account?done=passkey-added", "who has made a passkey is at");
await press("form[action='/sign-out'] button");
await open("/sign-in?then=%2Faccount");
await press("[data-passkey] button");
expect(here(), "/account", "who has signed in with a passkey alone is at");
await open("/step-up?then=%2Fprojects");
await press("[data-passkey] button");
expect(here(), "/projects", "who has shown his passkey again is at");

for (const name of ["bots", "treasury"]) await send("/projects/new", { "#name": name });
await send("/venues/new", { "#name": "binance", "#url": exchange.url, "[name=public_market_data]": true });
await send("/credentials/new", { "#name": "main", "#api_key": exchange.api_key, "#secret": exchange.secret });
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
  const [key, secret] = await texts("dl.big code");
  await stored();
  return { key, secret };
};
const grid = await issue("grid-btc", "spot-bot", { "#symbols": "BTC/USDT\nETH/USDT", "#ip": "127.0.0.1" });
await issue("mm-perp", "market-maker", { "#expires": "never" }, true);
const tax = await issue("tax-export", "portfolio", { "#expires": "1d" });
await issue("payouts", "custom", { "#ip": "203.0.113.20", "[value=read]": true, "[value=withdraw]": true });

await open("/keys/new");
await press("a[href$='preset=browser']");
await fill({ "#name": "chart", "#project": "bots", "#origins": "https://app.example" });
await look("new-browser-key");
await press("[value=review]");
await press("[value=issue]");
expect((await text("dl.big code")).slice(0, 3), "kwp", "a browser key begins with");
await look("browser-key-issued");
await press("main .primary");
await look("browser-key");
await press("main a[href$='/edit']");
await look("browser-key-edit");

const order = (key, symbol) => bot(key, "create_limit_buy_order", symbol, 0.001, 20_000);
expect(await bot(grid, "fetch_balance"), "passed", "the bot's balance");
expect(await order(grid, "BTC/USDT"), "passed", "the bot's order");
refuses(await order(grid, "LTC/USDT"), "PermissionDenied", "market", "another market");
refuses(await order(tax, "BTC/USDT"), "PermissionDenied", "permission", "a reader's order");
refuses(await bot({ ...grid, secret: "x" }, "fetch_balance"), "AuthenticationError", "signature", "a wrong secret");
// An order that a hold covers shows on the page of approvals.
const waiting = async () => {
  for (let tries = 0; tries < 40; tries += 1) {
    await open("/approvals");
    if (await page.$("table a[href^='/approvals/']")) return;
    await new Promise((done) => { setTimeout(done, 100); });
  }
  complain(`no order waits for a person: ${await text("main")}`);
};
await open("/keys/grid-btc");
const before = await text("#requests-card");
expect(await bot(grid, "fetch_open_orders", "BTC/USDT"), "passed", "the bot's open orders");
await page.waitForFunction((before) => document.querySelector("#requests-card").textContent.trim() !== before, { timeout: 20_000 }, before);
expect((await text("#requests-card")).includes("openOrders"), true, "the page that is open shows the request");
await page.$eval(".why", (why) => { why.open = true; });
expect(await page.$$eval(".why", (all) => all.length > 0), true, "the refusals of the bot are told");

const paying = await issue("desk-otc", "custom", { "#ip": "127.0.0.1", "[value=market]": true, "[value=read]": true, "[value=trade]": true, "#holds": "trade>10 USDT" });
const asked = order(paying, "BTC/USDT");
await waiting();
await look("approvals");
await open("/approvals");
await press("table a[href^='/approvals/']");
await look("approval");
await press("form[action$='/approve'] .primary");
expect(await asked, "passed", "the order that was approved while it waited");
const denied = order(paying, "ETH/USDT");
await waiting();
await press("table a[href^='/approvals/']");
await press("form[action$='/deny'] .stop-line");
refuses(await denied, "PermissionDenied", "denied", "the order that was denied");

await open("/keys/grid-btc/tighten");
await look("tighten");
await fill({ "[name=sure]": true });
await press("main .primary");
expect(here().startsWith("/keys/"), true, "who has tightened a key is at its page");
refuses(await order(grid, "ETH/USDT"), "PermissionDenied", "market", "a market that the tightened key never used");
expect(await order(grid, "BTC/USDT"), "passed", "what the tightened key did before");
await open("/keys/grid-btc/edit");
await look("edit");
await fill({ "#ip": "127.0.0.1\n203.0.113.9" });
await press("[value=review]");
await look("edit-review");

await send("/people/invite", { "#name": "grace@example.com", "#role": "trader", "input[value=treasury]": true });
await look("invited");
await stored();
await send("/tokens/new", { "#name": "ci", "#ip": "203.0.113.7" });
await look("token-made");
await stored();
const stop = keepTrading(tax);
await send("/keys/tax-export/rotate", {});
const fresh = await texts("dl.big code");
await stored();
expect(await bot({ key: fresh[0], secret: fresh[1] }, "fetch_balance"), "passed", "the new key");
expect((await stop()).join(), "", "a bot that traded through the rotation was refused with");

const grace = await person();
await grace.open(link("grace", "--role", "trader", "--project", "treasury"));
await grace.fill({ "#password": PASSWORD, "#again": PASSWORD });
await grace.press("main .primary");
await grace.fill({ "#code": code(await grace.text("main code"), 0), "#password": PASSWORD });
await grace.press("main .primary");
await grace.stored();
await grace.open("/keys/grid-btc");
expect(await grace.text("h1"), "Not found", "whose role is bound to a project is told of the key of another one");
await send("/projects/treasury/edit", { "[name=four_eyes]": true });
await open("/keys/new");
await press("a[href$='preset=custom']");
await fill({ "#name": "cold-wallet", "#project": "treasury", "input[value=main]": true, "#ip": "127.0.0.1" });
await fill({ "[value=market]": true, "[value=read]": true, "[value=withdraw]": true });
await press("[value=review]");
await fill({ "#hand_over": "1h" });
await press("[value=issue]");
expect(here(), "/approvals?done=asked", "who asks for what takes two is at");
await look("consents");
await grace.open("/approvals");
await grace.press("table a[href^='/consents/']");
await grace.look("consent");
await grace.press("form[action$='/give'] .primary");
expect(grace.here(), "/approvals?done=agreed", "who has agreed is at");
await open("/approvals");
await press("table a[href^='/consents/']");
await press("form[action$='/use'] .primary");
await look("hand-over-made");
const handed = (await text(".secret p code")).replace("127.0.0.1", "localhost");
await stored();
const stranger = await person();
await stranger.open(handed);
await stranger.look("hand-over");
await stranger.press("main .primary");
const [key, secret] = await stranger.texts("dl.big code");
await stranger.look("handed-over");
await stranger.stored();
expect(await bot({ key, secret }, "fetch_balance"), "passed", "the key whose secret nobody but the bot has");
await stranger.open(handed);
expect((await stranger.text("main")).includes("opened before"), true, "a link opens once");
await open("/safety");
expect((await text("main")).includes("opened twice"), true, "the second opening is an alarm");

const PAGES = {
  overview: "/", keys: "/keys", "new-key": "/keys/new", "new-key-form": "/keys/new?preset=spot-bot", key: "/keys/grid-btc",
  rotate: "/keys/grid-btc/rotate", revoke: "/keys/grid-btc/revoke", kill: "/kill",
  "kill-confirm": "/kill?what=project&project=bots", venues: "/venues", "new-venue": "/venues/new",
  credentials: "/credentials", "new-credential": "/credentials/new", projects: "/projects", audit: "/audit",
  "audit-refusals": "/audit?event=refused", "audit-entry": "/audit/20", seal: "/vault/seal", unseal: "/vault/unseal",
  safety: "/safety", "approvals-none": "/approvals", people: "/people", invite: "/people/invite", role: "/people/ada/role", settings: "/settings", tokens: "/tokens", "new-token": "/tokens/new",
  account: "/account", password: "/account/password", "new-passkey": "/account/passkeys/new", "step-up": "/step-up?then=%2Fkeys", problem: "/keys/nothing",
};
for (const [name, path] of Object.entries(PAGES)) {
  await open(path);
  await look(name);
}
await open("/audit");
await press("form[action='/audit/verify'] button");
await look("audit-verified");

await page.setJavaScriptEnabled(false);
for (const path of Object.values(PAGES)) {
  await open(path);
  if (!(await text("h1"))) complain(`${path} says nothing without JavaScript`);
}
const done = (what) => expect(here().split("done=")[1], what, "without JavaScript somebody ends at");
await open("/account");
await press("form[action='/sign-out'] button");
await send("/sign-in?then=%2Fkeys", { "#name": "ada", "#password": PASSWORD, "#code": code(device, 0) });
expect(here(), "/keys", "who has signed in without JavaScript is at");
await send("/step-up?then=%2Fkeys", { "#code": code(device, 1) });
expect(here(), "/keys", "who has shown his code without JavaScript is at");
const plain = await issue("plain", "spot-bot", { "#symbols": "BTC/USDT", "#ip": "127.0.0.1" });
expect(await bot(plain, "fetch_balance"), "passed", "the balance of a key that was issued without JavaScript");
await send("/keys/plain/edit", { "#ip": "127.0.0.1\n203.0.113.9" }, "[value=review]");
await press("[value=change]");
done("changed");
await open("/keys/plain/suspend");
await press("main button");
done("suspended");
await send("/projects/new", { "#name": "plain" });
await send("/keys/payouts/revoke", {}, "main button");
done("revoked");
await page.setJavaScriptEnabled(true);

await open("/kill?what=key&key=grid-btc");
await press("main .stop");
refuses(await bot(grid, "fetch_balance"), "AuthenticationError", "revoked", "the bot after its key was killed");
await open("/vault/seal");
await press("main .stop");
await look("overview-sealed");
refuses(await bot(tax, "fetch_balance"), "", "sealed", "a bot while the vault is sealed");

leave();
await browser.close();
finish();
