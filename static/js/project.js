// The editor of a stage with JavaScript: line numbers, an indent that is kept, and a draft that saves itself. The Tab
// key is left alone, so that it leads out of the box. Without this file the page does the same by its buttons.

const EVERY = 4000;

const form = () => document.getElementById("script");
const box = () => document.getElementById("text");
const saving = () => document.getElementById("saving");

let saved = null;
let timer = 0;
let under_way = null;
let conflict = null;

function say(what) {
  const place = saving();
  if (place) place.textContent = place.dataset[what] ?? "";
}

// Line numbers stand beside the text and scroll with it; they are no part of it.
function number() {
  const text = box();
  const numbers = document.querySelector(".editor-numbers");
  if (!text || !numbers) return;
  const count = text.value.split("\n").length;
  if (numbers.childElementCount !== count) {
    numbers.replaceChildren(
      ...Array.from({ length: count }, (_, index) => {
        const line = document.createElement("span");
        line.textContent = index + 1;
        return line;
      }),
    );
  }
  numbers.scrollTop = text.scrollTop;
}

// A new line begins where the last one did, and a level deeper after a colon.
function indent(event) {
  if (event.key !== "Enter" || event.target !== box() || event.shiftKey || event.isComposing) return;
  const { value, selectionStart } = event.target;
  const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
  const depth = line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
  if (!depth) return;
  event.preventDefault();
  document.execCommand("insertText", false, `\n${depth}`); // the only way that can be undone by the keyboard
}

async function save() {
  const text = box();
  if (!text || conflict || text.value === saved) return;
  if (under_way) return under_way;
  under_way = send(text.value).finally(() => {
    under_way = null;
  });
  return under_way;
}

async function send(value) {
  try {
    const answer = await fetch(form().dataset.save, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new FormData(form()),
      keepalive: true,
    });
    const told = await answer.json();
    if (answer.status === 409) {
      conflict = told;
      document.getElementById("conflict").hidden = false;
      say("");
    } else if (answer.ok) {
      settle(value, told.number);
      say(box().value === value ? "saved" : "unsaved");
    } else {
      say("refused");
    }
  } catch {
    say("failed");
  }
}

function settle(value, number) {
  saved = value;
  document.getElementById("base").value = number;
  for (const over of form().querySelectorAll("[name=over]")) over.remove();
}

// The newer text has been seen: this one takes its place, and the newer one is set aside.
function take_mine() {
  document.getElementById("base").value = conflict.number;
  const over = document.createElement("input");
  Object.assign(over, { type: "hidden", name: "over", value: "1" });
  form().append(over);
  conflict = null;
  document.getElementById("conflict").hidden = true;
  box().focus();
  save();
}

function changed(event) {
  if (event.target !== box()) return;
  number();
  if (!conflict) say("unsaved");
}

function begin() {
  if (!form()) return;
  conflict = null;
  saved = box().defaultValue;
  number();
}

// What the server marked as news gets the focus, so that it is heard.
function show_news() {
  const news = document.querySelector("#stage [autofocus]");
  if (!news) return;
  news.removeAttribute("autofocus");
  news.focus({ preventScroll: true });
  const { top } = news.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) (news.closest(".verdict") ?? news).scrollIntoView();
}

function show_lost(kind) {
  for (const notice of document.querySelectorAll("[data-lost]")) {
    notice.hidden = notice.dataset.lost !== kind;
    notice.setAttribute("role", "alert");
    if (!notice.hidden) notice.scrollIntoView({ block: "nearest" });
  }
}

// Whatever is sent goes after a save that is under way, so that no text meets its own draft as a stranger's.
async function hold_back(event) {
  if (!under_way || event.detail.elt.closest?.("#stage") === null) return;
  event.preventDefault();
  await under_way;
  event.detail.issueRequest(true);
}

function sent(event) {
  if (!event.detail.successful || !box()) return;
  if (event.detail.elt.closest?.("#stage")) saved = event.detail.requestConfig?.parameters?.text ?? saved;
  say(box().value === saved ? "saved" : "unsaved");
}

document.addEventListener("input", changed);
document.addEventListener("keydown", indent);
document.addEventListener("scroll", (event) => event.target === box() && number(), true);
document.addEventListener("focusout", (event) => event.target === box() && save());
document.addEventListener("visibilitychange", () => document.hidden && save());
document.addEventListener("click", (event) => event.target.id === "mine" && take_mine());
document.addEventListener("submit", (event) => {
  if (event.target !== form() || event.submitter?.formAction !== form().action) return;
  event.preventDefault();
  saved = null;
  save();
});
document.addEventListener("htmx:confirm", hold_back);
document.addEventListener("htmx:beforeRequest", () => show_lost(""));
document.addEventListener("htmx:afterRequest", sent);
document.addEventListener("htmx:afterSettle", () => {
  if (form() && box().dataset.begun !== "1") {
    box().dataset.begun = "1";
    begin();
  }
  show_news();
});
document.addEventListener("htmx:sendError", () => show_lost("unreached"));
document.addEventListener("htmx:timeout", () => show_lost("unreached"));
document.addEventListener("htmx:responseError", () => show_lost("unanswered"));

window.htmx.config.attributesToSettle = ["class"];
if (box()) box().dataset.begun = "1";
begin();
timer = setInterval(save, EVERY);
addEventListener("pagehide", () => clearInterval(timer));
