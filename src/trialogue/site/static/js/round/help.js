// "Help me": held for three seconds, so that no pocket presses it. It is recorded at once; where the
// phone is follows when the phone knows it. At no other time is its place read.
import { here, save } from "./here.js";
import { dial } from "./dom.js";

const HOLD = 3000;
const LOOK = { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 };
let timer = null;

async function call(button, stop) {
  const what = { visit: stop?.visit ?? null, urgent: true };
  const row = await save("help_me", { ...what, body: { place: null } });
  button.textContent = row ? "Help asked for. Hold again if you need to" : "Not saved. Ring the desk";
  if (here.phone.desk && !navigator.onLine) window.location.href = dial(here.phone.desk);
  navigator.geolocation?.getCurrentPosition(({ coords }) => {
    if (!row) return;
    const { latitude, longitude, accuracy } = coords;
    const place = { latitude, longitude, metres: Math.round(accuracy) };
    const words = `The phone is at latitude ${latitude}, longitude ${longitude}, within ${place.metres} metres.`;
    save("correction", { ...what, body: { corrects: row.id, type: "help_me", body: { place, words } } });
  }, () => {}, LOOK);
}

// `stopHere` says at which stop the visitor is.
export function start(stopHere) {
  const button = document.getElementById("help");
  const words = button.textContent;
  const press = (event) => {
    if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
    if (timer) return;
    button.textContent = "Keep holding";
    timer = setTimeout(() => call(button, stopHere()), HOLD);
  };
  const release = () => {
    clearTimeout(timer);
    timer = null;
    if (button.textContent === "Keep holding") button.textContent = words;
  };
  for (const name of ["pointerdown", "keydown"]) button.addEventListener(name, press);
  for (const name of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) {
    button.addEventListener(name, release);
  }
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}
