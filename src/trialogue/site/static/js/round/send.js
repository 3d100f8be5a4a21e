// Sends what was recorded, in its order, until the server says that it has kept it. An entry is
// forgotten on nothing else: a café's sign-in page answers 200 as well.
import { sha256, toText, utf8 } from "./bytes.js";
import * as clock from "./clock.js";
import { recorded } from "./record.js";
import { sign } from "./seal.js";
import { change, get, keep, outbox, wipe } from "./store.js";

const EVERY = 30 * 1000;
const LONGEST = 60 * 1000;
const PATIENCE = 20 * 1000;
export const sent = new EventTarget();
let tries = 0;
let timer;
let running = null;
let again = false;
let heardAt = -Infinity;

export const tell = (name, detail) => sent.dispatchEvent(new CustomEvent(name, { detail }));

export async function ask(address, method, body, credentials = "omit") {
  const asked = performance.now();
  const answer = await fetch(address, {
    method,
    body,
    credentials,
    headers: { "Content-Type": "application/json" },
    cache: "no-store",
    redirect: credentials === "omit" ? "error" : "follow",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  const said = isJson ? await answer.json() : null;
  return { status: answer.status, url: answer.url, redirected: answer.redirected, said, asked };
}

// What the phone says of itself, signed.
export async function word(about) {
  const phone = await get("phone");
  const said = JSON.stringify({
    about, at: new Date().toISOString(), recorded: phone.recorded ?? 0,
  });
  const signature = toText(await sign(phone.signer, utf8(said)));
  return JSON.stringify({ device: phone.device, said, signature });
}

// What every answer to a phone holds: see `told` in services/phones.py.
export async function heed(said, asked) {
  await clock.note(said.now, asked);
  if (said.revoked) {
    await change("phone", { revoked: said.revoked === true ? said.now : said.revoked });
    await wipe();
    tell("revoked");
  } else if (said.key) {
    const { key, desk, times, visitor, label, off } = said;
    await change("phone", { key, desk, times, visitor, label, off, heard_at: said.now });
    tell("heard", said);
  }
}

async function put({ seq, id, sealed }) {
  const { status, said, asked } = await ask(`/visits/events/${id}`, "PUT", sealed);
  const mine = said?.id === id && said.sha256 === (await sha256(sealed));
  if (mine && [200, 201, 202].includes(status)) {
    const at = clock.now();
    await keep(async ({ outbox: waiting, journal }) => {
      const row = await journal.get(seq);
      if (row) await journal.put({ ...row, received_at: at, help: undefined });
      await waiting.delete(seq);
    });
    await heed(said, asked);
    return;
  }
  const refused = status >= 400 && status < 500 && ![408, 429].includes(status);
  if (!refused || !(mine || said?.problem)) throw new Error(`no receipt: ${status}`);
  // One that is refused never holds up the others. It is kept, and tried again.
  await keep(async ({ journal }) => {
    const row = await journal.get(seq);
    if (row) await journal.put({ ...row, help: said.problem ?? `Answer ${status}` });
  });
}

async function pass() {
  const phone = await get("phone");
  if (!phone?.device) return;
  for (const row of await outbox()) {
    await put(row);
    recorded.dispatchEvent(new Event("change"));
  }
  if (performance.now() - heardAt < EVERY - 2000) return;
  const { status, said, asked } = await ask("/round/contact/", "POST", await word("contact"));
  if (status !== 200 || !said?.now) throw new Error(`no answer: ${status}`);
  heardAt = performance.now();
  await heed(said, asked);
}

export function wake() {
  if (running) {
    again = true;
    return running;
  }
  clearTimeout(timer);
  // One tab at a time: two would only send everything twice.
  running = navigator.locks
    .request("round-send", pass)
    .then(() => {
      tries = 0;
      tell("online");
    })
    .catch(() => {
      tries += 1;
      tell("offline");
    })
    .finally(() => {
      running = null;
      const wait = tries ? Math.min(LONGEST, 1000 * 2 ** (tries - 1)) * (0.75 + Math.random() / 2) : EVERY;
      timer = setTimeout(wake, again && !tries ? 0 : wait);
      again = false;
    });
  return running;
}

export function start() {
  window.addEventListener("online", () => wake());
  document.addEventListener("visibilitychange", () => document.hidden || wake());
  wake();
}
