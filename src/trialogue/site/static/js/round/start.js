// The page of a round: looks what there is, and shows the screen that comes next.
import * as clock from "./clock.js";
import { concern } from "./concern.js";
import { made, show } from "./dom.js";
import { fetchScreen, oldScreen, pinScreen, setUp } from "./gate.js";
import * as help from "./help.js";
import { here, look } from "./here.js";
import { check, readList } from "./list.js";
import * as lock from "./lock.js";
import { nobody } from "./nobody.js";
import { recorded } from "./record.js";
import { sent, start as startSending } from "./send.js";
import { begin, end, forget, waitingScreen } from "./shift.js";
import { note, questions, stopScreen } from "./stop.js";
import { get } from "./store.js";
import { today } from "./today.js";
import { top } from "./top.js";
import * as update from "./update.js";

const OF_A_STOP = {
  stop: stopScreen, questions, nobody, concern, declined: note, unwanted: note, unreached: note, saved: stopScreen,
};

function place() {
  const [, name, number] = /^#([a-z]+)(?:-(\d+))?$/.exec(location.hash) ?? [null, "today"];
  return { name, number: Number(number), stop: here.list?.stops?.[number - 1] };
}

// What must be settled before any stop is shown; true when a screen was shown.
async function gate() {
  const token = /^#set-up=(.+)$/.exec(location.hash)?.[1];
  const { phone } = here;
  if (!globalThis.isSecureContext || !navigator.locks) show(made("screen-unsafe"));
  else if (token) setUp(token, go);
  else if (!phone?.device) show(made("screen-nothing"));
  else if (phone.revoked) show(made("screen-revoked"));
  else if (await forget()) fetchScreen(go);
  else if (here.shift?.ended) waitingScreen();
  else return listGate();
  return true;
}

async function listGate() {
  const list = await get("list");
  const found = list && (await check(list, here.phone));
  if (found === "old") oldScreen(list, go);
  else if (found !== "new") {
    await look();
    fetchScreen(go);
  } else if (!lock.isOpen()) pinScreen(list, go);
  else {
    here.list = await readList();
    await look();
    if (here.shift) return false;
    begin(go);
  }
  return true;
}

async function go() {
  here.refresh = null;
  await look();
  if (!(await gate())) {
    const { name, number, stop } = place();
    if (stop && name in OF_A_STOP) await OF_A_STOP[name](stop, number, name);
    else if (name === "end") end(go);
    else here.refresh = today(go);
  }
  top();
}

async function renew() {
  await look();
  if (here.shift?.ended && (await forget())) return go();
  here.refresh?.();
  top();
  update.offer();
  return undefined;
}

window.addEventListener("hashchange", go);
recorded.addEventListener("change", renew);
sent.addEventListener("heard", ({ detail }) => {
  here.concerns = detail.concerns;
  renew();
});
sent.addEventListener("revoked", () => {
  lock.close();
  here.list = null;
  go();
});
sent.addEventListener("online", renew);

await look();
clock.start(here.phone?.error_ms);
await go();
help.start(() => place().stop);
startSending();
update.start();
