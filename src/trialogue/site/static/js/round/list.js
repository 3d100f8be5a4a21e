// Today's list: fetched by somebody signed in, kept under their PIN, refused when it is old.
import * as clock from "./clock.js";
import { hide, reveal } from "./lock.js";
import { ask, heed, word } from "./send.js";
import { get, keep, wipe } from "./store.js";

const DAY = 24 * 60 * 60 * 1000;

// "sign in", "revoked", or what was given; an error where no answer came.
export async function fetchList() {
  const { status, url, redirected, said, asked } = await ask(
    "/round/list/", "POST", await word("list"), "same-origin",
  );
  if (redirected && new URL(url).pathname.startsWith("/account/sign-in")) return "sign in";
  if (said?.problem) return { problem: said.problem };
  if (status !== 200 || !said?.now) throw new Error(`no list: ${status}`);
  await heed(said, asked);
  return said.revoked ? "revoked" : said;
}

// Needs an open lock. What was recorded on another day and was received goes.
export async function keepList({ list, next }) {
  const hidden = await hide(list.stops);
  await keep(async ({ kept, journal }) => {
    const before = await kept.get("list");
    if (before?.day !== list.day) {
      await kept.delete("shift");
      for (const row of await journal.getAll()) if (row.received_at) await journal.delete(row.seq);
    }
    await kept.put({ id: list.id, day: list.day, at: Date.parse(list.at), next, hidden }, "list");
  });
}

export async function readList() {
  const list = await get("list");
  return list && { ...list, stops: await reveal(list.hidden) };
}

export const age = (list) => Math.max(0, clock.now() - list.at);

// "new", "old" (not shown), or "gone" (wiped).
export async function check(list, phone) {
  const lasts = 1000 * (phone.times?.list_lasts ?? 16 * 3600);
  if (age(list) <= lasts) return "new";
  if (!clock.isSure() && age(list) <= lasts + DAY) return "old";
  await wipe();
  return "gone";
}
