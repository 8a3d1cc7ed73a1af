// A real OpenID provider (npm's oidc-provider, which is certified) with a page on which anybody is who he says he is.
import { createRequire } from "node:module";
import { control, provider } from "./surroundings.mjs";

const require = createRequire(`${process.env.KEYWARD_TEST_MODULES}/`);
const { default: Provider } = await import(require.resolve("oidc-provider"));

// Whoever types a name is called so for ever; his address is verified unless the name says otherwise.
const findAccount = (_, id) => ({
  accountId: id,
  claims: () => ({ sub: id, email: `${id}@desk.test`, email_verified: !id.startsWith("new-") }),
});

export const start = () => new Promise((listening) => {
  const { issuer, secret } = provider;
  const server = new Provider(issuer, {
    clients: [{ client_id: "keyward", client_secret: secret, redirect_uris: [`${control}/sign-in/oidc/done`] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    // The address stands in the token itself, as with most providers that firms have.
    conformIdTokenClaims: false,
    findAccount,
  });
  const listener = server.listen(new URL(issuer).port, "127.0.0.1", () => listening(listener));
});

// Says there who he is, where he is asked, and agrees that Keyward may know.
export const vouch = async ({ page, fill, press }, name) => {
  if (await page.$("[name=login]")) {
    await fill({ "[name=login]": name, "[name=password]": "any" });
    await press("button[type=submit]");
  }
  if (page.url().startsWith(provider.issuer)) await press("button[type=submit]");
};
