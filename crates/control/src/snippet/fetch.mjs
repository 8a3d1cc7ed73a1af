const answer = await fetch("{{door}}{{target}}", { headers: { "{{header}}": "{{key}}" } });
const refused = answer.headers.get("Keyward-Reason"); // why, when it was not the exchange that answered
if (refused) throw new Error(refused);
console.log(await answer.json());
