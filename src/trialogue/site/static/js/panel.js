// Keeps the power panel true while somebody types. Without it the panel follows after saving.
const PAUSE = 500;

for (const form of document.querySelectorAll("form[data-panel]")) {
  const panel = document.getElementById(form.dataset.panel);
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Panel": "power" },
      });
      if (answer.ok) panel.innerHTML = await answer.text();
    }, PAUSE);
  });
}
