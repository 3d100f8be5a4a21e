// Looks again every second, and goes on when the work is done. Without it: "Check again".
const look = async () => {
  const answer = await fetch(location.href);
  if (answer.redirected) {
    location.href = answer.url;
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector("[data-work]");
  if (!now) {
    location.reload();
    return;
  }
  document.querySelector("[data-work]").replaceChildren(...now.childNodes);
  setTimeout(look, 1000);
};
setTimeout(look, 1000);
