// Coming in by an identity provider, in a real browser: an operator who links himself, one who is invited, and who is nobody here.
import { browser, person } from "./browser.mjs";
import { start, vouch } from "./provider.mjs";
import { cli, control, expect, finish, leave, provider } from "./surroundings.mjs";

const PASSWORD = "otter violin granite seven";
const link = (...args) => cli("operator", "invite", ...args).url.replace("127.0.0.1", "localhost");
const listener = await start();

const ada = await person();
await ada.open(link("ada", "--role", "owner"));
await ada.fill({ "#password": PASSWORD, "#again": PASSWORD });
await ada.press("main .primary");
await ada.withAuthenticator();
await ada.fill({ "#passkey-name": "laptop" });
await ada.press("[data-passkey=create] .primary");
const [recovery] = (await ada.text("pre code")).split("\n");
await ada.stored();

await ada.open("/account");
await ada.press("a[href='/account/identity/link']");
expect(ada.page.url().startsWith(provider.issuer), true, "who links himself is at the provider");
await vouch(ada, "ada");
expect(await ada.text("h1"), "Link your account", "who comes back from there sees");
await ada.press("main .primary");
expect(ada.here(), "/account?done=linked", "who is linked is at");
await ada.press("form[action='/sign-out'] button");

await ada.open("/sign-in?then=%2Fpeople");
await ada.press("a[href^='/sign-in/oidc']");
await vouch(ada, "ada");
expect(ada.page.url().startsWith(`${control}/sign-in/oidc/done`), true, "who signs in by the provider is half way in");
await ada.open("/people");
expect(ada.here(), "/sign-in?then=%2Fpeople", "half way in is not in");
await ada.press("a[href^='/sign-in/oidc']");
await vouch(ada, "ada");
await ada.press("[data-passkey=get] button");
expect(ada.here(), "/people", "who has shown the passkey is where he wanted to go");

// Looking takes the authenticator away: from here on Ada has lost her passkey.
await ada.open("/account");
await ada.look("account-linked");
await ada.press("form[action='/sign-out'] button");
await ada.open("/sign-in");
await ada.look("sign-in-provider");
await ada.press("a[href^='/sign-in/oidc']");
await vouch(ada, "ada");
await ada.look("half-way");
await ada.fill({ "#code": "aaaa-aaaa-aaaa-aaaa" });
await ada.press("form[action='/sign-in/oidc/recovery'] button");
expect((await ada.text("[role=alert]")).includes("recovery code is wrong"), true, "a wrong code is told");
await ada.fill({ "#code": recovery });
await ada.press("form[action='/sign-in/oidc/recovery'] button");
expect(ada.here(), "/", "who has typed a recovery code is in");
await ada.open("/account/identity/unlink");
await ada.look("unlink");
await ada.press("main .primary");
expect(ada.here(), "/account?done=unlinked", "who has unlinked himself is at");
await ada.look("account-provider");
await ada.press("a[href='/account/identity/link']");
await vouch(ada, "ada");
await ada.look("link-identity");
await ada.press("main .primary");
expect(ada.here(), "/account?done=linked", "who links himself again is at");

const grace = await person();
await grace.open(link("grace@desk.test", "--role", "trader"));
await grace.look("invitation-provider");
await grace.press("a[href$='/oidc']");
await vouch(grace, "grace");
await grace.look("join-provider");
await grace.press("main .primary");
expect(grace.here(), "/second-factor", "who has joined by the provider is at");
expect(await grace.page.$("#password"), null, "a password is asked for");
await grace.look("second-factor-passkey");
await grace.withAuthenticator();
await grace.open("/second-factor");
await grace.fill({ "#passkey-name": "phone" });
await grace.press("[data-passkey=create] .primary");
await grace.stored();
await grace.open("/account");
expect(await grace.page.$("a[href='/account/password']"), null, "a password to be changed");
await grace.press("form[action='/sign-out'] button");
await grace.open("/sign-in");
await grace.press("a[href^='/sign-in/oidc']");
await vouch(grace, "grace");
await grace.press("[data-passkey=get] button");
expect(grace.here(), "/", "who came by an invitation and the provider signs in so too");

const eve = await person();
await eve.open("/sign-in");
await eve.press("a[href^='/sign-in/oidc']");
await vouch(eve, "eve");
expect((await eve.text("main")).includes("Nobody here is linked"), true, "a stranger is told so");
await eve.look("identity-unknown");
const mallory = await person();
await mallory.open(link("frank@desk.test", "--role", "owner"));
await mallory.press("a[href$='/oidc']");
await vouch(mallory, "mallory");
expect((await mallory.text("main")).includes("this invitation is for frank@desk.test"), false, "sentences begin with a capital");
expect((await mallory.text("main")).includes("mallory@desk.test"), true, "the address that does not fit is told");
const shy = await person();
await shy.open("/sign-in");
await shy.press("a[href^='/sign-in/oidc']");
await shy.press("a[href$='/abort']");
expect((await shy.text("main")).includes("does not vouch"), true, "who turns back at the provider is told so");

const log = JSON.stringify(cli("audit", "tail", "--limit", "200"));
for (const word of ["identity link", "identity unlink", "operator accept", "identity_unknown", "access_denied", "\"oidc\""]) {
  expect(log.includes(word), true, `the log tells of ${word}`);
}

leave();
listener.close();
await browser.close();
finish();
