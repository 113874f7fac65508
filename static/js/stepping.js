// Stepping through a live run with JavaScript: arrow keys while the stage has the focus, a slider that shows frames as
// it moves, and the focus kept where it was. Without this file links and forms do the same. Nothing plays by itself.

const stage = () => document.getElementById("stage");

function step(event) {
  if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!stage()?.contains(event.target) || event.target.closest("input, select, textarea, .scroll, pre, summary")) return;
  const towardsEnd = (event.key === "ArrowRight") === (getComputedStyle(stage()).direction === "ltr");
  const link = document.getElementById(towardsEnd ? "forward" : "back");
  if (!link) return;
  event.preventDefault();
  link.click();
}

// The slider stays while frames are swapped, so it is told which one is shown.
function follow(event) {
  const slider = document.getElementById("scrub");
  if (!slider) return;
  const isScrubbing = document.activeElement === slider && event.detail?.target?.id === "frame";
  if (!isScrubbing) slider.value = document.getElementById("frame").dataset.frame;
}

// Where the focus was is gone: it goes to what is new, or back to the stage.
function keepFocus() {
  if (document.activeElement && document.activeElement !== document.body) return;
  const news = stage()?.querySelector("[data-news]") ?? stage();
  news?.focus({ preventScroll: true });
  news?.scrollIntoView({ block: "nearest" });
}

function setUp() {
  document.querySelector(".scrub button")?.setAttribute("hidden", "");
  document.querySelector("[data-keys]")?.removeAttribute("hidden");
}

// What htmx cannot fetch the browser asks for itself, and says what is wrong if it cannot either.
function byBrowser(event) {
  const element = event.detail.elt;
  if (!stage()?.contains(element)) return;
  if (element.matches("form")) element.submit();
  else if (element.matches("a[href]")) location.href = element.href;
}

// The page's policy lets nobody write a style attribute, not even an empty one.
window.htmx.config.attributesToSettle = ["class"];
// A key may be pressed as soon as a frame is there: its links must work by then.
window.htmx.config.defaultSettleDelay = 0;

document.addEventListener("keydown", step);
document.addEventListener("htmx:afterSettle", (event) => {
  setUp();
  follow(event);
  keepFocus();
});
document.addEventListener("htmx:sendError", byBrowser);
document.addEventListener("htmx:timeout", byBrowser);
setUp();
