import { initAll } from "../vendor/govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

if (document.querySelector("form[data-panel]")) import("./panel.js");
if (document.querySelector("[data-work]")) import("./work.js");
if (document.querySelector("[data-filters]")) import("./filters.js");
if (document.querySelector("[data-board]")) import("./board.js");
if (document.querySelector("[data-verify]")) import("./draw.js");
