// The duty desk's board: a small question every ten seconds announces a new red at once, the whole
// renews each minute. It never moves under the focus, and it says when it no longer renews.
const EVERY = 60_000;
const ASK = 10_000;

const board = document.querySelector("[data-board]");
const says = document.querySelector("[data-board-says]");
const lost = document.querySelector("[data-board-lost]");
const controls = document.querySelector("[data-board-controls]");
const renewing = controls.querySelector("[data-board-renews]");
const sound = controls.querySelector("[data-board-sound]");
let known = new Set(board.dataset.reds.split(" ").filter(Boolean));
let renewed = Date.now();
let wanted = false; // something new came while somebody was inside
let on = true;
let tones;

controls.hidden = false;

renewing.addEventListener("click", () => {
  on = !on;
  renewing.textContent = on ? "Stop renewing" : "Renew again";
  says.textContent = on ? "The page renews each minute" : "The page stands still. New reds are still announced";
  if (on) renew().catch(fail);
});

sound.addEventListener("click", () => {
  tones = tones ? undefined : new AudioContext();
  sound.setAttribute("aria-pressed", String(Boolean(tones)));
  sound.textContent = tones ? "Turn sound off" : "Turn sound on";
  if (tones) beep();
});

function beep() {
  if (!tones) return;
  for (const start of [0, 0.35, 0.7]) {
    const tone = tones.createOscillator();
    tone.frequency.value = 880;
    tone.connect(tones.destination);
    tone.start(tones.currentTime + start);
    tone.stop(tones.currentTime + start + 0.2);
  }
}

async function answer(address, headers) {
  const came = await fetch(address, { credentials: "same-origin", redirect: "error", headers });
  if (!came.ok) throw new Error(came.status);
  lost.hidden = true;
  return came;
}

async function renew() {
  if (board.contains(document.activeElement)) {
    wanted = true;
    return;
  }
  const came = await answer(window.location.href, { "X-Renew": "1" });
  const page = new DOMParser().parseFromString(await came.text(), "text/html");
  const there = page.querySelector("[data-board]");
  if (!there) throw new Error("no board");
  if (board.contains(document.activeElement)) return; // somebody went in meanwhile
  board.innerHTML = there.innerHTML;
  renewed = Date.now();
  wanted = false;
}

async function ask() {
  const news = await (await answer(board.dataset.newest)).json();
  const fresh = news.reds.filter((code) => !known.has(code));
  known = new Set(news.reds);
  if (fresh.length) {
    says.textContent = `New red concern: ${fresh.join(", ")}`;
    document.title = `${fresh[0]}: ${document.title.replace(/^C-\d+: /, "")}`;
    beep();
  }
  const stale = Boolean(board.querySelector(".app-board__warning")) !== news.stale;
  const due = wanted || Date.now() - renewed >= EVERY;
  if (fresh.length || stale || (on && due)) await renew();
}

function fail() {
  const minutes = Math.round((Date.now() - renewed) / 60_000);
  lost.querySelector("strong").textContent =
    `This page is no longer renewed, for ${minutes} minutes now. Load it again, or sign in again.`;
  lost.hidden = false;
}

setInterval(() => ask().catch(fail), ASK);
