// Screens are templates of the page, filled in. `data-fill` takes words, `data-if` leaves a part
// out, `data-href` an address, `data-do` what a button or a form does.

export function made(name, values = {}, deeds = {}) {
  const part = document.getElementById(name).content.cloneNode(true);
  for (const element of part.querySelectorAll("[data-if]")) {
    if (!values[element.dataset.if]) element.remove();
  }
  for (const element of part.querySelectorAll("[data-fill]")) {
    element.textContent = values[element.dataset.fill] ?? "";
  }
  for (const element of part.querySelectorAll("[data-href]")) {
    element.href = values[element.dataset.href] ?? "#today";
  }
  for (const element of part.querySelectorAll("[data-do]")) {
    const deed = deeds[element.dataset.do];
    element.addEventListener(element.tagName === "FORM" ? "submit" : "click", async (event) => {
      event.preventDefault();
      const buttons = element.tagName === "FORM" ? element.querySelectorAll("button") : [element];
      if (element.dataset.busy) return; // a thumb in a glove presses twice
      element.dataset.busy = "yes";
      for (const button of buttons) button.setAttribute("aria-disabled", "true");
      try {
        await deed(element);
      } finally {
        delete element.dataset.busy;
        for (const button of buttons) button.removeAttribute("aria-disabled");
      }
    });
  }
  return part;
}

export const main = () => document.getElementById("main-content");

export function show(part) {
  main().replaceChildren(part);
  window.scrollTo(0, 0);
  main().querySelector("h1")?.focus();
}

// Beside the button that was pressed; what was typed stays where it is.
export function problem(words) {
  const place = main().querySelector("[data-fill=problem]");
  if (place) place.textContent = words;
  if (words) place?.scrollIntoView({ block: "center" });
}

// For who listens instead of looking; the same words twice are said once.
export function say(words) {
  const place = document.getElementById("said");
  if (place.textContent !== words) place.textContent = words;
}

export const dial = (number) => `tel:${(number ?? "").replaceAll(" ", "")}`;
export const dayOf = (iso) =>
  new Date(`${iso}T12:00`).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
