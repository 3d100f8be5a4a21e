// The visitor's PIN. It opens a key that cannot be taken out of the browser, and that key the list.
// Five wrong PINs wipe the list; what waits to be sent is not touched.
import { utf8 } from "./bytes.js";
import { get, put, wipe } from "./store.js";

const ROUNDS = 600000;
const TRIES = 5;
const AES = { name: "AES-GCM", length: 256 };
let key = null;

export const isOpen = () => key !== null;
export const close = () => {
  key = null;
};

export function problemOf(pin) {
  if (!/^\d{6}$/.test(pin)) return "Enter six digits";
  const steps = new Set(Array.from(pin.slice(1), (digit, at) => digit - pin[at]));
  return steps.size === 1 && [0, 1, -1].includes(...steps) ? "Choose six digits that are harder to guess" : "";
}

async function keyOf(pin, salt) {
  const base = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(derivation, base, AES, false, ["wrapKey", "unwrapKey"]);
}

const opened = (lock, pinKey) =>
  crypto.subtle.unwrapKey(
    "raw", lock.wrapped, pinKey, { name: "AES-GCM", iv: lock.iv }, AES, false, ["encrypt", "decrypt"],
  );

export async function choose(pin) {
  const [salt, iv] = [16, 12].map((length) => crypto.getRandomValues(new Uint8Array(length)));
  const pinKey = await keyOf(pin, salt);
  const made = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  const wrapped = await crypto.subtle.wrapKey("raw", made, pinKey, { name: "AES-GCM", iv });
  const lock = { salt, iv, wrapped, left: TRIES };
  await put("lock", lock);
  key = await opened(lock, pinKey);
}

// How many tries are left: all of them when the PIN was right, none when the list is gone.
export async function open(pin) {
  const lock = await get("lock");
  if (!lock) return 0;
  const left = lock.left - 1;
  await put("lock", { ...lock, left }); // first: closing the page does not give a try back
  const found = await opened(lock, await keyOf(pin, lock.salt)).catch(() => null);
  if (found) {
    key = found;
    await put("lock", { ...lock, left: TRIES });
    return TRIES;
  }
  if (left <= 0) await wipe();
  return left;
}

export async function hide(value) {
  if (!key) return undefined;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const hidden = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, utf8(JSON.stringify(value)));
  return { iv, hidden };
}

export async function reveal(kept) {
  if (!key || !kept) return null;
  const plain = await crypto.subtle
    .decrypt({ name: "AES-GCM", iv: kept.iv }, key, kept.hidden)
    .catch(() => null); // made under an earlier PIN
  return plain && JSON.parse(new TextDecoder().decode(plain));
}
