// Nobody comes to the door: three steps with their times. Not the same as "not today".
import * as clock from "./clock.js";
import { dial, made, say, show } from "./dom.js";
import { here, of, received, save } from "./here.js";
import { saved, values } from "./stop.js";

const STEPS = [
  {
    step: "knocked", after: null, button: "I rang and knocked",
    what: "Ring and knock. Look for post, milk, curtains, lights.",
  },
  {
    step: "knocked again", after: "knock_again", button: "I knocked again and telephoned",
    what: "Knock again. Call through the letterbox. Telephone.",
  },
  {
    step: "card", after: "card", button: "Card left: send",
    what: "Ask a neighbour if you know one. Put a card through the door. Then send.",
  },
];

export function nobody(stop, number) {
  const done = of(stop).filter((row) => row.type === "no_answer_step");
  const next = STEPS.find(({ step }) => !done.some((row) => row.step === step));
  if (!next) return saved(stop, number, done.at(-1), { heading: "No answer: saved" });
  const last = next.step === "card";
  const part = made(
    "screen-nobody",
    { ...values(stop, number), ...next, last, telephone: next.after && stop.telephone && dial(stop.telephone) },
    {
      step: async (form) => {
        if (form.querySelector("#step").disabled) return;
        const worried = form.querySelector("#worried")?.checked ?? false;
        const noticed = form.querySelector("#noticed")?.value.trim() ?? "";
        const body = { step: next.step, worried, noticed };
        const row = await save("no_answer_step", { visit: stop.visit, stop: number, body, urgent: last });
        if (row && last) saved(stop, number, row, { heading: "No answer: saved" });
        else if (row) nobody(stop, number);
      },
    },
  );
  show(part);
  wait(next, done[0]);
}

const newest = (row) => here.rows.find((one) => one.id === row.id) ?? row;

function wait({ after }, first) {
  const [place, button] = [document.getElementById("wait"), document.getElementById("step")];
  const due = after ? first.saved_at + 1000 * (here.phone.times?.[after] ?? 120) : 0;
  const tick = () => {
    const left = Math.ceil((due - clock.now()) / 1000);
    button.disabled = left > 0;
    if (left > 0) {
      place.textContent = `Wait ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} more, until ${clock.words(due)}. ${received(newest(first))}.`;
      setTimeout(() => place.isConnected && tick(), 500);
    } else if (after) {
      place.textContent = "It is time.";
      say("It is time for the next step");
    }
  };
  tick();
}
