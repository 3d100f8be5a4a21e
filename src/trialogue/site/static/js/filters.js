// On a phone the list comes first: filters nobody has used yet are closed.
const filters = document.querySelector("[data-filters]");
if (!("used" in filters.dataset) && !window.matchMedia("(min-width: 60em)").matches) {
  filters.open = false;
}
