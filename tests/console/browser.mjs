// A headless Chromium that complains: about what a page says to its console, whom it asks, what it weighs, what axe finds.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { complain, control, provider } from "./surroundings.mjs";

const { KEYWARD_TEST_MODULES: modules, KEYWARD_TEST_PICTURES: pictures } = process.env;
const require = createRequire(`${modules}/`);
const puppeteer = (await import(require.resolve("puppeteer-core"))).default;
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SIZES = [["phone", 390, 844], ["desktop", 1280, 800]];
const SCHEMES = ["light", "dark"];
const WEIGHT_MAX = 100_000;
if (pictures) mkdirSync(pictures, { recursive: true });

export const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

// What the provider's own pages ask for and complain about is not Keyward's.
const isAtProvider = (url) => provider !== undefined && url.startsWith(provider.issuer);

// A person at a browser of his own: cookies and passkeys are his alone.
export const person = async () => {
  const page = await (await browser.createBrowserContext()).newPage();
  page.on("console", (said) => {
    if (said.type() === "error" && !isAtProvider(page.url()) && !said.text().includes("status of 4")) complain(`${page.url()} says ${said.text()}`);
  });
  page.on("pageerror", (error) => complain(`${page.url()} breaks: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(control) && !isAtProvider(request.url()) && !isAtProvider(page.url())) complain(`${page.url()} asks ${request.url()}`);
  });
  page.on("dialog", (dialog) => dialog.accept());
  await page.setViewport({ width: 1280, height: 800 });

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
  const press = async (button) => {
    const [there] = await Promise.allSettled([page.waitForNavigation({ timeout: 15_000 }), page.click(button)]);
    if (there.status === "fulfilled") return;
    const told = await page.$$eval("[role=alert]", (parts) => parts.map((part) => part.textContent.trim()).join(" "));
    throw new Error(`${button} at ${page.url()} leads nowhere: ${told}`);
  };
  const send = async (path, fields, button = "main .primary") => { await open(path); await fill(fields); await press(button); };
  const here = () => page.url().slice(control.length);
  const text = (place) => page.$eval(place, (part) => part.textContent.trim());
  const texts = (place) => page.$$eval(place, (parts) => parts.map((part) => part.textContent.trim()));
  const stored = () => fill({ "[data-guard]": true });

  // From now on he has an authenticator that knows him, and does at once what it is asked for.
  const withAuthenticator = async () => {
    const protocol = await page.createCDPSession();
    await protocol.send("WebAuthn.enable");
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true };
    await protocol.send("WebAuthn.addVirtualAuthenticator", { options: { ...options, isUserVerified: true } });
  };

  return { page, withAuthenticator, open, fill, press, send, here, text, texts, stored, look: (name) => look(page, name) };
};

// Looks at the page that is open, in every way.
const look = async (page, name) => {
  for (const [size, width, height] of SIZES) {
    for (const scheme of SCHEMES) {
      await page.setViewport({ width, height });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      if (pictures) await page.screenshot({ path: `${pictures}/${name}-${size}-${scheme}.png` });
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) complain(`${name} is wider than a ${size}`);
      await barriers(page, `${name} ${size} ${scheme}`);
    }
  }
  await page.setViewport({ width: 1280, height: 800 });
  console.log(`looked at ${name}`);
};

const barriers = async (page, where) => {
  // The page's own policy would keep axe out.
  const protocol = await page.createCDPSession();
  await protocol.send("Page.setBypassCSP", { enabled: true });
  const { violations } = await page.evaluate(`${axe};axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`);
  await protocol.send("Page.setBypassCSP", { enabled: false });
  await protocol.detach();
  for (const { id, nodes } of violations) complain(`${where}: ${id} at ${nodes[0].target} (${nodes.length})`);
};
