// What the phone keeps. `kept`: the phone and its key, the lock, the sealed list, the shift.
// `outbox`: records as they are sent, which this phone cannot open. `journal`: that something was
// recorded, and whether it was received. Nothing in here can be read without the visitor's PIN
// but numbers of stops, times and counts.
import { openDB } from "../../vendor/idb.js";

const STORES = ["kept", "outbox", "journal"];
const opened = openDB("trialogue-round", 1, {
  upgrade(db) {
    db.createObjectStore("kept");
    db.createObjectStore("outbox", { keyPath: "seq" });
    db.createObjectStore("journal", { keyPath: "seq" });
  },
});

export const get = async (key) => (await opened).get("kept", key);
export const outbox = async () => (await opened).getAll("outbox");
export const journal = async () => (await opened).getAll("journal");

// Everything `change` does is kept together or not at all, and is on the disk when this returns.
export async function keep(change) {
  const transaction = (await opened).transaction(STORES, "readwrite", { durability: "strict" });
  const [kept, sent, noted] = STORES.map((name) => transaction.objectStore(name));
  try {
    const made = await change({ kept, outbox: sent, journal: noted });
    await transaction.done;
    return made;
  } catch (error) {
    transaction.done.catch(() => {});
    try {
      transaction.abort();
    } catch {
      // It ended by itself: there was no room.
    }
    throw error;
  }
}

export const put = (key, value) => keep(({ kept }) => kept.put(value, key));

export async function change(key, changes) {
  await keep(async ({ kept }) => kept.put({ ...(await kept.get(key)), ...changes }, key));
}

// The list, what opens it, and what was done at which door. Never the outbox.
export async function wipe() {
  await keep(async ({ kept, journal: noted }) => {
    await Promise.all(["lock", "list", "shift"].map((key) => kept.delete(key)));
    for (const row of await noted.getAll()) {
      if (row.received_at) await noted.delete(row.seq);
      else await noted.put({ ...row, what: undefined });
    }
  });
}
