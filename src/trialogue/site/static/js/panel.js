// Keeps a panel true while somebody types: the power of a plan, who tried it before. Without it
// the panel follows after saving.
const PAUSE = 700;

for (const form of document.querySelectorAll("form[data-panel]")) {
  const panel = document.getElementById(form.dataset.panel);
  const status = document.querySelector(`[data-panel-says="${panel.id}"]`);
  let waiting;
  let asking;

  // Said once, after a pause, and only when it is news: typing is never interrupted.
  const say = (words) => {
    if (status && words && status.textContent !== words) status.textContent = words;
  };

  const look = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Panel": "1" },
        signal: asking.signal,
      });
      if (!answer.ok) throw new Error(answer.status);
      const words = await answer.text();
      // Who has gone on into the panel keeps their place in it.
      if (!panel.contains(document.activeElement)) panel.innerHTML = words;
      say(panel.querySelector("[data-said]")?.textContent.trim());
    } catch (error) {
      if (error.name === "AbortError" || !panel.dataset.failed) return;
      if (!panel.querySelector("[data-said]")) panel.textContent = panel.dataset.failed;
      say(panel.dataset.failed);
    }
  };

  form.addEventListener("input", (event) => {
    if (panel.contains(event.target)) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
}
