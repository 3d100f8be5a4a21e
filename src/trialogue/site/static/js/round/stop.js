// One stop: who is behind the door, and what came of calling.
import { made, problem, show } from "./dom.js";
import { NO_ANSWER, here, isOff, of, outcome, received, ring, save, state } from "./here.js";
import { follow } from "./top.js";

export const addresses = (number) =>
  Object.fromEntries(
    ["stop", "questions", "nobody", "declined", "unwanted", "unreached", "concern"].map((name) => [
      name, `#${name}-${number}`,
    ]),
  );

export const values = (stop, number) => ({
  ...stop, ...addresses(number), back: `Stop ${number}`, desk: here.phone.desk, ring: ring(),
});

// What stands in the place of what was recorded before is a correction of it.
export function outcomeOf(stop, number, type, body, more = {}) {
  const before = outcome(stop);
  const what = { visit: stop.visit, stop: number, ...more };
  if (!before || before.words === NO_ANSWER) return save(type, { ...what, body });
  return save("correction", { ...what, body: { corrects: before.row.id, type, body } });
}

export function stopScreen(stop, number) {
  const found = outcome(stop);
  const again = found && found.words !== NO_ANSWER;
  const off = isOff(stop) && !found;
  show(
    made(
      "screen-stop",
      { ...values(stop, number), state: off ? "" : state(stop), paused: off, calls: !off && !again, recordedBefore: again },
      {
        takeBack: async () => {
          if (await outcomeOf(stop, number, "", {})) location.hash = "#today";
        },
      },
    ),
  );
}

function askPart(ask, at) {
  const part = made("part-ask", { words: ask.words });
  const field = part.querySelector("fieldset");
  field.dataset.key = ask.key;
  field.lang = ask.language;
  for (const choice of part.querySelectorAll("input")) {
    choice.name = `ask-${at}`;
    choice.addEventListener("change", () => {
      field.querySelector("[data-note]").hidden = choice.value !== "no";
    });
  }
  return part;
}

function answersOf(form) {
  const answers = {};
  for (const field of form.querySelectorAll("[data-key]")) {
    const chosen = field.querySelector("input:checked");
    const answer = chosen?.value ?? "not asked";
    answers[field.dataset.key] = { answer, note: answer === "no" ? field.querySelector("textarea").value.trim() : "" };
  }
  return answers;
}

export async function questions(stop, number) {
  if (!of(stop).some((row) => ["visit_started", "visit_recorded"].includes(row.type))) {
    await save("visit_started", { visit: stop.visit, stop: number });
  }
  const part = made("screen-questions", values(stop, number), {
    save: async (form) => {
      const left = [...form.querySelectorAll("[data-key]")].filter((field) => !field.querySelector("input:checked"));
      if (left.length) {
        left[0].querySelector("input").focus();
        return problem("Choose an answer to each question. Not asked is an answer too");
      }
      const answers = answersOf(form);
      const body = { answers, noticed: form.querySelector("#noticed").value.trim() };
      const row = await outcomeOf(stop, number, "visit_recorded", body);
      return row && saved(stop, number, row, { heading: "Visit saved", toPassOn: toPassOn(stop, body) });
    },
  });
  part.querySelector("[data-asks]").append(...stop.asks.map(askPart));
  show(part);
}

// What may have to be raised; its words are kept for that while the page is open, and nowhere else.
function toPassOn(stop, { answers, noticed }) {
  const said = Object.values(answers);
  const words = [...said.map((one) => one.note), noticed].filter(Boolean).join("\n");
  here.toPassOn = words && { visit: stop.visit, words };
  if (words) return "Nobody is told of what you wrote unless you raise it.";
  return said.some((one) => one.answer === "no") ? "An answer was no." : "";
}

const NOTES = {
  declined: ["declined", "Declined today", "They are safe, and do not want a visit today.", "Save: declined today"],
  unwanted: [
    "visits_unwanted", "Does not want visits any more",
    "Tell them: nobody calls again once we have this. They can change their mind.", "Save: no more visits",
  ],
  unreached: [
    "could_not_reach", "Could not get there", "You did not get to the door: a locked gate, a closed road.",
    "Save: could not get there",
  ],
};

export function note(stop, number, name) {
  const [type, heading, words, button] = NOTES[name];
  show(
    made("screen-note", { ...values(stop, number), heading, words, button }, {
      save: async (form) => {
        const body = { note: form.querySelector("textarea").value.trim() };
        const row = await outcomeOf(stop, number, type, body);
        return row && saved(stop, number, row, { heading: `${heading}: saved` });
      },
    }),
  );
}

export function saved(stop, number, row, { heading, toPassOn = "" }) {
  history.replaceState(null, "", `#saved-${number}`);
  show(made("screen-saved", { ...values(stop, number), heading, toPassOn, ring: row.urgent && ring() }));
  here.refresh = () => follow(row, received);
  here.refresh();
}
