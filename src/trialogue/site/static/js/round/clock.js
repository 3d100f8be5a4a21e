// The phone's clock may be wrong. The server says by how much at every contact; a clock that was set
// back since is noticed, as the browser counts on. One that was set forward looks the same as a
// phone that slept: a list that seems too old is hidden, and wiped only when that is certain.
import { change } from "./store.js";

const MARGIN = 60 * 1000;
const base = () => Date.now() - performance.now();
let known = 0;
let then = base();
let told = false;

export const start = (error) => {
  known = error ?? 0;
};

export const errorMs = () => known + Math.min(0, Math.round(base() - then));

// Whether the server said what time it is, and neither sleep nor hand moved the clock since.
export const isSure = () => told && Math.abs(base() - then) < MARGIN;

export const now = () => Date.now() - errorMs();

// `said` is the server's time, half way between `asked` (as the browser counts) and now.
export async function note(said, asked) {
  known = Math.round(Date.now() - (performance.now() - asked) / 2 - Date.parse(said));
  then = base();
  told = true;
  await change("phone", { error_ms: known });
}

export function words(milliseconds) {
  const at = new Date(milliseconds);
  const hours = at.getHours() % 12 || 12;
  return `${hours}:${String(at.getMinutes()).padStart(2, "0")}${at.getHours() < 12 ? "am" : "pm"}`;
}

export function span(milliseconds) {
  const minutes = Math.round(milliseconds / 60000);
  if (minutes < 1) return "under a minute";
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const said = [[hours, "hour"], [rest, "minute"]].filter(([number]) => number);
  return said.map(([number, unit]) => `${number} ${unit}${number === 1 ? "" : "s"}`).join(" ");
}
