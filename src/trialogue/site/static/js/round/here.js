// What the screens show: the phone, the open list, and what was done at which door.
import * as clock from "./clock.js";
import { dial, problem, say } from "./dom.js";
import { reveal } from "./lock.js";
import { record } from "./record.js";
import { wake } from "./send.js";
import { get, journal } from "./store.js";

export const here = { phone: null, list: null, rows: [], shift: null, concerns: {}, toPassOn: null };

export async function look() {
  const [phone, shift, rows] = await Promise.all([get("phone"), get("shift"), journal()]);
  Object.assign(here, { phone, shift });
  here.rows = await Promise.all(rows.map(async (row) => ({ ...row, ...(await reveal(row.what)) })));
}

export const waiting = () => here.rows.filter((row) => !row.received_at);
export const urgent = () => waiting().filter((row) => row.urgent);
export const of = (stop) => here.rows.filter((row) => row.visit === stop.visit);

// Paused when the list was fetched, or called off since.
export const isOff = (stop) => stop.paused || Boolean(here.phone?.off?.includes(stop.visit));

export const NO_ANSWER = "No answer";
const OUTCOMES = {
  visit_recorded: "Done",
  declined: "Declined today",
  visits_unwanted: "Does not want visits any more",
  could_not_reach: "Could not get there",
};

// Each record as its newest correction says, as the server counts them too.
function counting(rows) {
  const counted = new Map();
  for (const row of rows) {
    if (row.type !== "correction") counted.set(row.id, row);
    else if (counted.has(row.corrects)) counted.set(row.corrects, { ...row, id: row.corrects });
  }
  return [...counted.values()];
}

// The record of what came of a stop, and its words.
export function outcome(stop) {
  const rows = counting(of(stop));
  const row = rows.filter((one) => one.as in OUTCOMES).at(-1);
  if (row) return { row, words: OUTCOMES[row.as] };
  const card = rows.find((one) => one.step === "card");
  return card && { row: card, words: NO_ANSWER };
}

export function state(stop) {
  const found = outcome(stop);
  if (found) return `${found.words}. ${received(found.row)}`;
  if (isOff(stop)) return "Paused. Do not call";
  if (of(stop).some((row) => row.type === "no_answer_step")) return "No answer yet: go on with the steps";
  return of(stop).some((row) => row.type === "visit_started") ? "Begun, not saved" : "";
}

export function received(row) {
  if (row.received_at) return `Received ${clock.words(row.received_at)}`;
  if (row.help) return "Saved on this phone. It needs help: ring the desk";
  return "Saved on this phone, not sent yet";
}

// Records, and says so; where the disk refuses, the form stays as it is. `row` or nothing.
export async function save(type, what = {}) {
  try {
    const row = await record(type, what);
    await look();
    say("Saved on this phone, not sent yet");
    wake();
    return row;
  } catch (error) {
    const full = error.name === "QuotaExceededError";
    const why = full ? "this phone is full" : "this phone could not write it down";
    problem(`Not saved: ${why}. Nothing you entered is gone. Make room and press again, or ring the desk on ${here.phone?.desk}.`);
    say("Not saved");
    return null;
  }
}

export const ring = () => dial(here.phone?.desk);
