// Keeps the marked parts of a page as they are at the server, for as long as somebody looks at it.
"use strict";
const QUIET_MS = 2000;
let source;
let timer;
const isInUse = (part) => part.contains(document.activeElement) || part.querySelector("details[open]");
const renew = async () => {
  timer = undefined;
  const answer = await fetch(location.href, { headers: { "Keyward-Unattended": "1" } });
  if (!answer.ok || answer.redirected) {
    source.close();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = page.getElementById(part.id);
    if (now && !isInUse(part)) part.replaceChildren(...document.importNode(now, true).childNodes);
  }
};
const follow = () => {
  source = new EventSource("/live");
  source.addEventListener("news", () => { timer ??= setTimeout(renew, QUIET_MS); });
};
// Browsers open six connections to one server: a page that nobody sees takes none of them.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) source.close(); else { follow(); renew(); }
});
if (!document.hidden) follow();
