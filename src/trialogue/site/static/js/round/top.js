// What stands on top of every screen: how much was recorded and received, and what is NOT SENT YET.
import * as clock from "./clock.js";
import { dial, say } from "./dom.js";
import { here, isOff, outcome, urgent, waiting } from "./here.js";

const DAY = 24 * 60 * 60 * 1000;
const FIVE_MINUTES = 5 * 60 * 1000;
let alarmed = 0;

function alarm() {
  const place = document.getElementById("alarm");
  const late = urgent();
  if (late.length) {
    const link = document.createElement("a");
    link.href = dial(here.phone.desk);
    link.textContent = here.phone.desk;
    place.className = "round-alarm";
    place.replaceChildren("NOT SENT YET. Ring the desk: ", link);
  } else if (alarmed) {
    const last = Math.max(...here.rows.filter((row) => row.urgent).map((row) => row.received_at));
    const words = last > 0 ? `Received ${clock.words(last)}. The desk has been told.` : "";
    place.className = words && "round-alarm round-alarm--over";
    if (place.textContent !== words) place.textContent = words;
  }
  alarmed = late.length || alarmed;
}

function notes() {
  const { phone } = here;
  const found = [];
  const oldest = Math.min(...waiting().map((row) => row.saved_at));
  if (clock.now() - oldest > DAY) {
    found.push(`Records have waited here for ${clock.span(clock.now() - oldest)}. Find signal now, or ring the desk on ${phone.desk}.`);
  }
  const error = clock.errorMs();
  if (Math.abs(error) > FIVE_MINUTES) {
    found.push(`This phone’s clock is ${clock.span(Math.abs(error))} ${error > 0 ? "fast" : "slow"}. We use ours. Put it right when you can.`);
  }
  const stops = here.list?.stops ?? [];
  for (const [at, stop] of stops.entries()) {
    if (isOff(stop) && !stop.paused && !outcome(stop)) {
      found.push(`Stop ${at + 1} is called off. Do not call there today.`);
    }
  }
  const helpless = here.rows.filter((row) => row.help && !row.received_at).length;
  if (helpless) found.push(`${helpless} of your records ${helpless === 1 ? "needs" : "need"} help. Ring the desk on ${phone.desk}. They are safe here.`);
  return found;
}

export function top() {
  const counts = document.getElementById("counts");
  const done = here.rows.length - waiting().length;
  const any = here.phone?.device && (here.rows.length || here.list);
  const words = any ? `Recorded ${here.rows.length}, received ${done}` : "";
  if (counts.textContent !== words) {
    counts.textContent = words;
    if (here.rows.length && done === here.rows.length) say(`${words}`);
  }
  document.getElementById("help").hidden = !here.phone?.device || Boolean(here.phone.revoked);
  if (!here.phone?.device) return;
  alarm();
  const place = document.getElementById("notes");
  const found = notes();
  if (place.textContent !== found.join("")) {
    place.replaceChildren(
      ...found.map((line) => Object.assign(document.createElement("p"), { className: "round-note", textContent: line })),
    );
  }
}

// Words on the screen that change while it stands: nothing that is being written is touched.
export function follow(row, received) {
  for (const place of document.querySelectorAll("[data-state]")) {
    const words = row ? received(here.rows.find((one) => one.seq === row.seq) ?? row) : received();
    if (place.textContent !== words) place.textContent = words;
  }
}
