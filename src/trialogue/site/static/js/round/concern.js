// A concern: 999 first, then the desk, then the record. It reads NOT SENT YET until it is received.
import { made, problem, show } from "./dom.js";
import { here, save } from "./here.js";
import { saved, values } from "./stop.js";

export function concern(stop, number) {
  const what = { visit: stop.visit, stop: number, urgent: true };
  const part = made("screen-concern", values(stop, number), {
    called: async (button) => {
      if (await save("emergency_called", { ...what, body: {} })) {
        button.textContent = "999 called: noted";
        button.disabled = true;
        document.querySelector("input[value=red]").checked = true;
      }
    },
    save: async (form) => {
      const level = form.querySelector("input:checked")?.value;
      if (!level) {
        form.querySelector("input").focus();
        return problem("Choose how soon somebody should look");
      }
      const kind = form.querySelector("#kind").value;
      const words = form.querySelector("#words").value.trim();
      if (!words && level !== "red") {
        form.querySelector("#words").focus();
        return problem("Enter what you saw or heard");
      }
      const urgent = level !== "request";
      const row = await save("concern_raised", { ...what, urgent, body: { level, kind, words } });
      if (row) here.toPassOn = null;
      return row && saved(stop, number, row, { heading: "Concern saved" });
    },
  });
  part.querySelector("#kind").addEventListener("change", ({ target }) => {
    document.getElementById("safeguarding").hidden = target.value !== "safeguarding";
  });
  if (here.toPassOn?.visit === stop.visit) part.querySelector("#words").value = here.toPassOn.words;
  show(part);
}
