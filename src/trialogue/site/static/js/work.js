// Follows a long piece of work: asks every two seconds, and goes where it leads when it is done.
// It does not follow itself: the page at the end shows its notices once, to whoever reads it.
const pause = 2000;

async function follow() {
  const answer = await fetch(window.location.href, { credentials: "same-origin", redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    window.location.reload();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const there = page.querySelector("[data-work]");
  const here = document.querySelector("[data-work]");
  if (!there || !there.hasAttribute("data-going")) {
    window.location.reload();
    return;
  }
  if (here.innerHTML !== there.innerHTML) {
    here.innerHTML = there.innerHTML;
  }
  setTimeout(again, pause);
}

// A lost connection is no reason to stop looking.
function again() {
  follow().catch(() => setTimeout(again, 2 * pause));
}

setTimeout(again, pause);
