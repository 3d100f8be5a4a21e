// The worker that keeps this page without signal. A new version waits until nothing waits to be
// sent and no visit is open; then the visitor is asked.
import { here, waiting } from "./here.js";

let registration = null;

export async function start() {
  if (!("serviceWorker" in navigator)) return;
  registration = await navigator.serviceWorker.register("/round/worker.js", { scope: "/round/" });
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (here.updating) location.reload();
  });
}

export function offer() {
  const calm = !waiting().length && /^(#today)?$/.test(location.hash);
  const place = document.getElementById("update");
  if (!registration?.waiting || !calm) return place?.remove();
  if (place) return undefined;
  const button = document.createElement("button");
  Object.assign(button, {
    id: "update", type: "button", className: "govuk-button round-button round-button--quiet",
    textContent: "Use the new version of this page",
  });
  button.addEventListener("click", () => {
    here.updating = true;
    registration.waiting.postMessage("take over");
  });
  document.getElementById("notes").after(button);
  return undefined;
}
