// Lets an authenticator make a passkey, or sign with one, and puts what it says into the form that asked for it.
"use strict";
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const create = async ({ challenge, site, user, name, algorithms, known }) => {
  const { id, response } = await navigator.credentials.create({
    publicKey: {
      challenge: bytes(challenge),
      rp: { id: site, name: "Keyward" },
      user: { id: bytes(user), name, displayName: name },
      pubKeyCredParams: algorithms.split(" ").map((number) => ({ type: "public-key", alg: Number(number) })),
      excludeCredentials: known.split(" ").filter(Boolean).map((one) => ({ type: "public-key", id: bytes(one) })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
    },
  });
  return {
    id,
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.getAuthenticatorData()),
    public_key: text(response.getPublicKey()),
    algorithm: response.getPublicKeyAlgorithm(),
  };
};

const get = async ({ challenge, site }) => {
  const { id, response } = await navigator.credentials.get({
    publicKey: { challenge: bytes(challenge), rpId: site, userVerification: "required" },
  });
  return {
    id,
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
  };
};

const WORDS = {
  NotAllowedError: () => "It was cancelled, or took too long.",
  InvalidStateError: () => "This authenticator has a passkey of yours already.",
  SecurityError: ({ site }) => `Passkeys belong to the name ${site}: open this page there.`,
};

const answer = async (form) => {
  try {
    const said = await { create, get }[form.dataset.passkey](form.dataset);
    for (const [name, value] of Object.entries(said)) form.elements[name].value = value;
    form.submit();
  } catch (error) {
    const words = WORDS[error.name] ?? (() => "The authenticator could not do it.");
    form.querySelector("[role=alert]").textContent = words(form.dataset);
  }
};

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(form);
    });
  }
}
