// The round begins and ends. At its end, once all is received, nothing of anybody stays here.
import * as clock from "./clock.js";
import { dayOf, made, problem, show } from "./dom.js";
import { here, isOff, look, outcome, ring, save, waiting } from "./here.js";
import * as lock from "./lock.js";
import { put, wipe } from "./store.js";
import { follow } from "./top.js";

export function begin(go) {
  const { list } = here;
  const stops = list.stops.length === 1 ? "1 stop" : `${list.stops.length} stops`;
  show(
    made("screen-begin", { stops, day: dayOf(list.day) }, {
      begin: async (form) => {
        const ends = form.querySelector("input").value;
        if (!ends) return problem("Enter a time, like 14:30");
        if (!(await save("shift_started", { body: { ends } }))) return null;
        await put("shift", { at: clock.now() });
        await look();
        return go();
      },
    }),
  );
}

export function end(go) {
  const left = here.list.stops.filter((stop) => !isOff(stop) && !outcome(stop)).length;
  const words = left
    ? `${left === 1 ? "1 stop has" : `${left} stops have`} nothing recorded. The desk will see that.`
    : "Every stop has something recorded.";
  show(
    made("screen-end", { left: words }, {
      finish: async () => {
        if (!(await save("shift_ended", { body: { recorded: here.rows.length + 1 } }))) return;
        await put("shift", { ...here.shift, ended: clock.now() });
        await look();
        go();
      },
    }),
  );
}

const counts = () => `Recorded ${here.rows.length}, received ${here.rows.length - waiting().length}.`;

export function waitingScreen() {
  show(made("screen-waiting", { desk: here.phone.desk, ring: ring() }));
  here.refresh = () => follow(null, counts);
  here.refresh();
}

// Ended, and all received: the list, its key and what was done go. The counts alone stay.
export async function forget() {
  if (!here.shift?.ended || waiting().length) return false;
  here.done = { recorded: here.rows.length, received: here.rows.length };
  await wipe();
  lock.close();
  here.list = null;
  here.concerns = {};
  here.toPassOn = null;
  await look();
  return true;
}
