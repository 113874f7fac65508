// The lab with JavaScript: a run replaces the one before it, and the form stays as it is. Without this file the page
// does the same by going to the address of the plan.

const lab = () => document.getElementById("lab");

// What the server marked as news gets the focus, so that it is heard, and is moved into view where it is not.
function showNews() {
  const news = lab()?.querySelector("[autofocus]");
  if (!news) return;
  news.removeAttribute("autofocus");
  news.focus({ preventScroll: true });
  const block = news.closest(".verdict") ?? news;
  const { top } = block.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 3) block.scrollIntoView();
}

// A plan that was run has nothing wrong in it any more.
function forgetErrors(event) {
  if (event.detail.target?.id !== "ran") return;
  for (const list of lab().querySelectorAll(".plan .errorlist, .plan .error")) list.remove();
  for (const field of lab().querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

// What is true in the scenario that was just chosen is told above the list, which may then be folded.
function showChosen(event) {
  if (event.target.name !== "scenario") return;
  const [title, about] = event.target.closest("label").querySelectorAll("b, .about");
  const [shownTitle, shownAbout] = lab().querySelectorAll(".chosen > *");
  if (!shownTitle) return;
  shownTitle.textContent = title.textContent;
  shownAbout.textContent = about.textContent;
}

function showLost(kind) {
  for (const notice of document.querySelectorAll("[data-lost]")) {
    notice.hidden = notice.dataset.lost !== kind;
    notice.setAttribute("role", "alert");
    if (!notice.hidden) notice.scrollIntoView({ block: "nearest" });
  }
  if (kind) document.querySelector("#plan .primary").focus({ preventScroll: true });
}

// The size somebody gave a text box stands in its style attribute, which the page's policy lets nobody write.
window.htmx.config.attributesToSettle = ["class"];

document.addEventListener("change", showChosen);
document.addEventListener("htmx:afterSwap", forgetErrors);
document.addEventListener("htmx:afterSettle", showNews);
document.addEventListener("htmx:beforeRequest", () => showLost(""));
document.addEventListener("htmx:sendError", () => showLost("unreached"));
document.addEventListener("htmx:timeout", () => showLost("unreached"));
document.addEventListener("htmx:responseError", () => showLost("unanswered"));
