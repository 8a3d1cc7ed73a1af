// What the tour runs among: addresses, the command line, a device for codes, and a bot that trades with ccxt.
import { execFileSync, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const { bin, data, gateway, control, exchange, provider } = JSON.parse(process.argv[2]);

const wrong = [];
export const complain = (what) => { wrong.push(what); console.log(`WRONG: ${what}`); };
export const expect = (is, wanted, what) => { if (is !== wanted) complain(`${what}: ${is}, not ${wanted}`); };
export const finish = () => { console.log(`${wrong.length} things are wrong`); process.exit(wrong.length ? 1 : 0); };

export const cli = (...args) => JSON.parse(execFileSync(bin, ["--data", data, "--json", ...args], { encoding: "utf8" }));

const base32 = (text) => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
};

const STEP = 30_000;
const MARGIN = 2_000;

// RFC 6238; a code is good once, so each use asks for a step of its own. None is made so late in its step that it would
// be checked in the next one.
export const code = (secret, step) => {
  const left = STEP - (Date.now() % STEP);
  if (left < MARGIN) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, left);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP) + step));
  const mac = createHmac("sha1", base32(secret)).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};

// The real clients, one call at a time (tests/clients/worker.py).
const worker = spawn(process.env.KEYWARD_TEST_PYTHON, [fileURLToPath(new URL("../clients/worker.py", import.meta.url))]);
worker.stderr.pipe(process.stderr);
const answers = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
let turn = Promise.resolve();
const ask = (task) => {
  turn = turn.then(async () => {
    worker.stdin.write(`${JSON.stringify(task)}\n`);
    return JSON.parse((await answers.next()).value);
  });
  return turn;
};
export const leave = () => worker.kill();

// A call of ccxt with a key, through the gateway: "passed", or the exception and what the exchange's words say.
export const bot = async ({ key, secret }, call, ...args) => {
  const answer = await ask({ client: "ccxt", url: `${gateway}/binance`, api_key: key, secret, call, args });
  return answer.ok ? "passed" : `${answer.error}: ${answer.message}`;
};

// A bot that goes on asking while something else happens, and how often it was refused.
export const keepTrading = (key) => {
  let going = true;
  const refused = (async () => {
    const seen = [];
    while (going) {
      const said = await bot(key, "fetch_balance");
      if (said !== "passed") seen.push(said);
    }
    return seen;
  })();
  return () => { going = false; return refused; };
};
