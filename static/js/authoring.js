// Authoring with JavaScript: blanks at the cursor, rows that are dragged, code coloured while it is typed, and a
// question before unsaved work is left. Without this file every button does its work on the server.

const form = () => document.getElementById("author");

let changed = false;

function insertBlank(event) {
  const button = event.target.closest?.("[data-insert-blank]");
  if (!button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const box = document.getElementById(button.dataset.insertBlank);
  const { selectionStart, selectionEnd, value } = box;
  const chosen = value.slice(selectionStart, selectionEnd).trim();
  const there = new Set([...value.matchAll(/⟦([^⟧]*)⟧/g)].map((found) => found[1]));
  let name = /^[a-z][a-z0-9_]{0,29}$/.test(chosen) ? chosen : "";
  for (let number = 1; !name; number += 1) if (!there.has(`blank${number}`)) name = `blank${number}`;
  box.focus();
  box.setSelectionRange(selectionStart, selectionEnd);
  document.execCommand("insertText", false, `⟦${name}⟧`); // the only way that can be undone by the keyboard
  // The name is selected, to be typed over.
  box.setSelectionRange(selectionStart + 1, selectionStart + 1 + name.length);
}

// The code beside its field, coloured by the server a moment after the last key.
let waiting = 0;

function colour() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const place = document.getElementById("coloured");
    const box = document.getElementById("f-template");
    if (!place || !box) return;
    const body = new FormData();
    body.set("template", box.value);
    body.set("csrfmiddlewaretoken", form().querySelector("[name=csrfmiddlewaretoken]").value);
    try {
      const answer = await fetch(place.dataset.colour, { method: "POST", body });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch {
      // it stays as it was
    }
  }, 400);
}

// A row is dragged by its edge, and the server puts it where it was dropped.
function drag(down) {
  const row = down.target.closest?.("[data-row]");
  if (!row || down.target.closest("input, textarea, select, button, summary, label, a") || down.button !== 0) return;
  const rows = [...row.parentElement.children];
  let to = rows.indexOf(row);
  let moving = false;
  const at = (event) => {
    if (!moving && Math.abs(event.clientY - down.clientY) < 6) return;
    moving = true;
    row.classList.add("dragged");
    const others = rows.filter((other) => other !== row);
    to = others.filter((other) => {
      const { top, height } = other.getBoundingClientRect();
      return event.clientY > top + height / 2;
    }).length;
    for (const other of rows) other.classList.toggle("before", other === others[to]);
  };
  const stop = () => {
    document.removeEventListener("pointermove", at);
    document.removeEventListener("pointerup", stop);
    document.removeEventListener("pointercancel", stop);
    for (const other of rows) other.classList.remove("dragged", "before");
    if (!moving || to === rows.indexOf(row)) return;
    press(`move:${row.dataset.row}.${to}`);
  };
  document.addEventListener("pointermove", at);
  document.addEventListener("pointerup", stop);
  document.addEventListener("pointercancel", stop);
}

// Alt with an arrow key moves the row that one is in.
function pressKey(event) {
  const step = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const row = event.target.closest?.("[data-row]");
  if (!event.altKey || !step || !row) return;
  event.preventDefault();
  row.querySelector(`:scope > .row-buttons > [value^="${step}:"]:not(:disabled)`)?.click();
}

function press(what) {
  const button = document.createElement("button");
  Object.assign(button, { type: "submit", name: "do", value: what, hidden: true });
  form().append(button);
  button.click(); // as a person would: htmx looks at the button that was clicked
  button.remove();
}

// A row shows the fields that its kind uses, and those in which something stands already.
function sort(row) {
  const chosen = row.querySelector(":scope > .row-fields > .field > [data-decides]")?.value.split(":")[0];
  if (chosen === undefined) return;
  for (const field of row.querySelectorAll(":scope > .row-fields > [data-used-for]")) {
    const used = field.dataset.usedFor.split(" ").includes(chosen);
    field.hidden = !used && !field.querySelector("input, select, textarea").value;
  }
}

function sortAll() {
  for (const row of document.querySelectorAll("[data-row]")) sort(row);
  for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
}

function edited(event) {
  if (!form()?.contains(event.target)) return;
  changed = true;
  if (event.target.id === "f-template") colour();
  if ("decides" in event.target.dataset) sort(event.target.closest("[data-row]"));
  if (event.target.name === "options_are" || event.target.id === "f-kind") press("again");
}

document.addEventListener("click", insertBlank, true);
document.addEventListener("pointerdown", drag);
document.addEventListener("keydown", pressKey);
document.addEventListener("input", edited);
// What came of a proof is heard where it is waited for; how far it is would be too much.
let underWay = false;

function hearProof() {
  const proof = document.getElementById("proof");
  const waits = Boolean(proof?.querySelector("progress"));
  const announcer = document.getElementById("announcer");
  if (underWay && proof && !waits && announcer) announcer.textContent = proof.querySelector("[data-heard]").textContent;
  underWay = waits;
}

document.addEventListener("htmx:afterSwap", () => {
  changed = form()?.dataset.unsaved === "yes";
  sortAll();
  hearProof();
});
document.addEventListener("submit", () => {
  changed = false;
});
addEventListener("beforeunload", (event) => {
  if (changed || form()?.dataset.unsaved === "yes") event.preventDefault();
});

sortAll();
hearProof();

// htmx would copy style attributes, even empty ones, which the policy of the site does not allow.
window.htmx.config.attributesToSettle = ["class"];
