// Follows a long piece of work: asks every two seconds, and goes where it leads when it is done.
const pause = 2000;

async function follow() {
  const answer = await fetch(window.location.href, { credentials: "same-origin" });
  if (answer.redirected) {
    window.location.replace(answer.url);
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
