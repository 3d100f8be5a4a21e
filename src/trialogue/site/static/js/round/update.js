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
  const button = document.getElementById("update");
  button.hidden = !registration?.waiting || !calm;
  button.onclick = () => {
    here.updating = true;
    registration.waiting.postMessage("take over");
  };
}
