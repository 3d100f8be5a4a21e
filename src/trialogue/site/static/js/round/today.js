// Today: the stops in the order of the round, the next one large.
import * as clock from "./clock.js";
import { dayOf, made, show } from "./dom.js";
import { fetching } from "./gate.js";
import { here, isOff, outcome, state } from "./here.js";
import { age } from "./list.js";

function stopPart(stop, number, next) {
  const part = made("part-stop", {
    ...stop, number, href: `#stop-${number}`, state: state(stop), address: `${stop.address} ${stop.postcode}`,
  });
  const item = part.querySelector("li");
  item.dataset.stop = number;
  if (next) item.classList.add("round-stop--next");
  return item;
}

// What was raised by a record; of one from before today's list no more is known.
function about(row) {
  if (row?.as === "help_me") return "Your call for help";
  return row?.stop ? `Stop ${row.stop}` : "Earlier";
}

export function today(go) {
  const { list, shift } = here;
  const none = list.next ? `No visits today. Next round: ${list.next}.` : "No visits today.";
  const part = made(
    "screen-today",
    {
      day: dayOf(list.day),
      age: clock.span(age(list)),
      started: clock.words(shift.at),
      empty: list.stops.length ? "" : none,
      told: Object.keys(here.concerns).length,
    },
    { fetch: () => fetching(go) },
  );
  const next = list.stops.findIndex((stop) => !isOff(stop) && !outcome(stop));
  part
    .querySelector("[data-stops]")
    .append(...list.stops.map((stop, at) => stopPart(stop, at + 1, at === next)));
  const told = Object.entries(here.concerns).map(([id, words]) => {
    const row = here.rows.find((one) => one.id === id);
    const item = document.createElement("li");
    item.textContent = `${about(row)}: ${words}`;
    return item;
  });
  part.querySelector("[data-told]").append(...told);
  show(part);
  return refresh;
}

function refresh() {
  for (const item of document.querySelectorAll("[data-stop]")) {
    const words = state(here.list.stops[item.dataset.stop - 1]);
    const place = item.querySelector("[data-fill=state]");
    if (place.textContent !== words) place.textContent = words;
  }
}
