// What comes before the list: setting up, signing in, the PIN.
import * as clock from "./clock.js";
import { dayOf, made, problem, show } from "./dom.js";
import { here, look } from "./here.js";
import { age, fetchList, keepList } from "./list.js";
import * as lock from "./lock.js";
import { newSigner } from "./seal.js";
import { ask, heed, wake } from "./send.js";
import { get, put } from "./store.js";

const NO_ANSWER = "No answer from the service. Find signal and try again.";
let given = null; // a list that waits for its PIN

export function setUp(token, go) {
  show(
    made("screen-set-up", {}, {
      go: async () => {
        problem("");
        try {
          // The key is kept before it is sent: asked again after a lost answer, it is the same.
          const joining = (await get("joining")) ?? (await newSigner());
          await put("joining", joining);
          const body = JSON.stringify({ token, public_key: joining.public_key });
          const { status, said, asked } = await ask("/round/set-up/", "POST", body);
          if (said?.problem) return problem(said.problem);
          if (status !== 200 || !said?.device) return problem(NO_ANSWER);
          await put("phone", { device: said.device, signer: joining.signer, recorded: 0 });
          await heed(said, asked);
          await put("joining", undefined);
          await navigator.storage?.persist?.();
          history.replaceState(null, "", "#today");
          return go();
        } catch {
          return problem(NO_ANSWER);
        }
      },
    }),
  );
}

export async function fetching(go) {
  problem("");
  try {
    const answer = await fetchList();
    if (answer === "revoked") return go();
    if (answer === "sign in") return fetchScreen(go, { signIn: true });
    if (answer.problem) return problem(answer.problem);
    if (!answer.list) return problem(NO_ANSWER);
    given = answer;
    if (!lock.isOpen()) return choosePin(go);
    await keepList(given);
    given = null;
    return go();
  } catch {
    return problem(NO_ANSWER);
  }
}

export function fetchScreen(go, { signIn = false, wiped = false } = {}) {
  const { phone, done } = here;
  const words = signIn
    ? "Sign in to get today’s list. You need signal for this, once a day."
    : "Get the list before you set out. After that the page works without signal all day.";
  const heading = done ? `Recorded ${done.recorded}, received ${done.received}` : "Today’s list";
  const before = wiped
    ? "The list was wiped after five wrong PINs. What you recorded is kept and will be sent. "
    : done ? "Nothing about anybody is left on this phone. Thank you. " : "";
  show(
    made(
      "screen-fetch",
      { heading, label: phone.label, visitor: phone.visitor, words: before + words, signIn, mayFetch: !signIn },
      { fetch: () => fetching(go) },
    ),
  );
}

function choosePin(go) {
  show(
    made("screen-choose", {}, {
      choose: async (form) => {
        const pin = form.querySelector("input").value.trim();
        const wrong = lock.problemOf(pin);
        if (wrong) return problem(wrong);
        await lock.choose(pin);
        await keepList(given);
        given = null;
        return go();
      },
    }),
  );
}

export function pinScreen(list, go) {
  show(
    made("screen-pin", { day: dayOf(list.day) }, {
      open: async (form) => {
        const field = form.querySelector("input");
        const pin = field.value.trim();
        field.value = "";
        if (!/^\d{6}$/.test(pin)) return problem("Enter six digits");
        const left = await lock.open(pin).catch(() => -1);
        if (lock.isOpen()) return go();
        if (left < 0) return problem("This phone is full. Make room on it, then try again");
        if (left > 0) {
          const tries = left === 1 ? "1 try" : `${left} tries`;
          return problem(`That PIN is wrong. ${tries} left before the list is wiped. Answers not yet sent are kept.`);
        }
        await look();
        return fetchScreen(go, { wiped: true });
      },
    }),
  );
}

export function oldScreen(list, go) {
  show(
    made("screen-old", { day: dayOf(list.day), age: clock.span(age(list)) }, {
      again: async () => {
        await wake();
        return go();
      },
    }),
  );
}
