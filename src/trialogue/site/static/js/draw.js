// Checks a draw here in the browser, from the files and words in the form, and sends nothing.
import { ErrorSummary } from "../vendor/govuk-frontend.js";
import { textIn } from "./files.js";
import { verify } from "./verify.js";

const SHOWN = 20;
const form = document.querySelector("form[data-verify]");
const place = document.querySelector("[data-verified]");
const published = JSON.parse(form.dataset.verify);

function made(name, classes, ...inside) {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  element.append(...inside);
  return element;
}

// What is wrong, with a link to the field that it is about.
function problem({ message, field = message.startsWith("Who") ? "placed_file" : "units_file" }) {
  const link = made("a", "", message);
  link.href = `#${form.elements[field].id}`;
  const alert = made("div", "", made("h2", "govuk-error-summary__title", "There is a problem"),
    made("div", "govuk-error-summary__body",
      made("ul", "govuk-list govuk-error-summary__list", made("li", "", link))));
  alert.setAttribute("role", "alert");
  const box = made("div", "govuk-error-summary", alert);
  place.replaceChildren(box);
  new ErrorSummary(box);
}

const about = (field) => (error) => { throw Object.assign(error, { field }); };

async function textOf(name, missing) {
  const field = `${name}_file`, file = form.elements[field].files[0];
  const text = file ? await textIn(file).catch(about(field)) : form.elements[`${name}_text`].value;
  return text.trim() ? text : about(field)(new Error(missing));
}

function said(is, what, published, good, hash) {
  const words = is === null ? `has no published ${published} to compare with.` : `${is ? "is" : "is not"} ${good}.`;
  return made("li", "", `${what} ${words} `, made("span", "app-hash", hash));
}

function answer({ units, differences, commitment, listHash, seedAsCommitted, listAsPublished }) {
  const good = !differences.length && seedAsCommitted !== false && listAsPublished !== false;
  const verdict = good
    ? `It was drawn as it says: all ${units} are where chance put them.` : "It is not as it says.";
  const found = differences.length
    ? `${differences.length} of ${units} differ from the draw.` : "Nobody’s group differs from the draw.";
  const list = made("ul", "govuk-list govuk-list--bullet",
    said(listAsPublished, "The list", "hash", "the one that was fixed before the draw", listHash),
    said(seedAsCommitted, "The seed", "commitment", "the one that was committed to at registration", commitment),
    made("li", "", found));
  const box = made("div", "govuk-inset-text", made("p", "govuk-body", made("strong", "", verdict)), list);
  if (differences.length) box.append(table(differences.slice(0, SHOWN)));
  box.setAttribute("role", "status");
  box.tabIndex = -1;
  place.replaceChildren(box);
  box.focus();
}

function table(rows) {
  const cell = (name, words) => made(name, name === "td" ? "govuk-table__cell" : "govuk-table__header", words);
  const heads = ["Identifier", "Drawn", "Found"].map((words) => cell("th", words));
  for (const head of heads) head.scope = "col";
  const lines = rows.map(({ id, expected, found }) => {
    const head = cell("th", id);
    head.scope = "row";
    return made("tr", "govuk-table__row", head,
      cell("td", expected ?? "not in the list"), cell("td", found ?? "missing"));
  });
  return made("table", "govuk-table",
    made("caption", "govuk-table__caption govuk-table__caption--s", "The first that differ"),
    made("thead", "govuk-table__head", made("tr", "govuk-table__row", ...heads)),
    made("tbody", "govuk-table__body", ...lines));
}

async function check() {
  try {
    const list = await textOf("units", "Choose or paste the list that was placed");
    const placed = await textOf("placed", "Choose or paste who got what");
    const design = { ...published.design, cluster: form.elements.cluster.value.trim() };
    const seed = form.elements.seed.value;
    if (!seed.trim()) about("seed")(new Error("Enter the seed: digits, from the record"));
    answer(await verify({ ...published, design, list, placed, seed }));
  } catch (error) {
    problem(error);
  }
}

// Hashes need a page that came by https, or from this machine.
if (globalThis.crypto?.subtle) {
  for (const part of document.querySelectorAll("[data-verify-here]")) part.replaceWith(part.content);
  form.querySelector("[data-verify-button]").addEventListener("click", check);
}
