// Records something: sealed, then written to the disk with its number in one step. Only after that
// may the page say "Saved on this phone".
import { uuid7 } from "./bytes.js";
import * as clock from "./clock.js";
import { hide } from "./lock.js";
import { seal } from "./seal.js";
import { get, keep } from "./store.js";

export const recorded = new EventTarget();
const BOOT = crypto.randomUUID();

// `stop`: its number on the list. `urgent`: the page says NOT SENT YET until it is received.
export function record(type, { visit = null, stop = null, body = {}, urgent = false } = {}) {
  // One at a time, in every tab: each record has the next number.
  return navigator.locks.request("round-record", async () => {
    const [phone, list] = await Promise.all([get("phone"), get("list")]);
    const seq = (phone.recorded ?? 0) + 1;
    const at = Date.now();
    const event = {
      id: uuid7(at),
      schema: 1,
      type,
      visit,
      device: phone.device,
      seq,
      list: list?.id ?? null,
      at: new Date(at).toISOString(),
      error_ms: clock.errorMs(),
      mono_ms: Math.round(performance.now()),
      boot: BOOT,
      body,
    };
    const sealed = await seal(event, phone);
    // What was done at which door, never what was said there.
    const { step, corrects, type: as = type } = body;
    const what = await hide({ visit, type, as, step, corrects });
    const row = { seq, id: event.id, stop, urgent, saved_at: clock.now(), received_at: null, what };
    await keep(async ({ kept, outbox, journal }) => {
      await Promise.all([
        outbox.add({ seq, id: event.id, sealed }),
        journal.add(row),
        kept.put({ ...(await kept.get("phone")), recorded: seq }, "phone"),
      ]);
    });
    recorded.dispatchEvent(new Event("change"));
    return row;
  });
}
