// The phone's clock may be wrong. The server says by how much at every contact; a clock that is set
// back while the page is open is noticed. One that is set forward looks the same as a phone that
// slept, so a list that seems too old is hidden, and wiped only when that is certain.
import { change } from "./store.js";

const MARGIN = 60 * 1000;
let error = 0;
let before = Date.now() - performance.now();

export const start = (known) => {
  error = known ?? 0;
};

export function errorMs() {
  const base = Date.now() - performance.now();
  if (base < before - MARGIN) error += Math.round(base - before);
  before = base;
  return error;
}

export const now = () => Date.now() - errorMs();

// `said` is the server's time, as it was between `asked` and now by this clock.
export async function note(said, asked) {
  errorMs();
  error = Math.round((asked + Date.now()) / 2 - Date.parse(said));
  await change("phone", { error_ms: error });
}

export function words(milliseconds) {
  const at = new Date(milliseconds);
  const hours = at.getHours() % 12 || 12;
  return `${hours}:${String(at.getMinutes()).padStart(2, "0")}${at.getHours() < 12 ? "am" : "pm"}`;
}

export function span(milliseconds) {
  const minutes = Math.floor(milliseconds / 60000);
  if (minutes < 1) return "under a minute";
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const said = [[hours, "hour"], [rest, "minute"]].filter(([number]) => number);
  return said.map(([number, unit]) => `${number} ${unit}${number === 1 ? "" : "s"}`).join(" ");
}
