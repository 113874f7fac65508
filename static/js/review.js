// The review from the keyboard: Space or Enter turns a card, 1 to 4 grade it. Each presses a button that is there; without
// this file the buttons do it alone. Digits count only while the focus is within the card, and nothing is taken from
// somebody who types, opens a table or presses a button.

const TAKES_KEYS = "a, button, summary, select, textarea, input, [contenteditable], pre, .scroll";

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat || event.defaultPrevented) return;
  const card = document.querySelector("[data-review]");
  if (!card) return;
  const target = event.target;
  const within = card.contains(target);
  if (event.key === " " || event.key === "Enter") {
    const button = card.querySelector("[data-turn]");
    if (!button || target.closest(TAKES_KEYS) || !(within || target === document.body)) return;
    event.preventDefault();
    button.click();
  } else if (within && !target.matches("textarea, select, input:not([type=checkbox])")) {
    const button = card.querySelector(`[name=grade][value="${CSS.escape(event.key)}"]`);
    if (!button || button.disabled) return;
    event.preventDefault();
    button.click();
  }
}

document.addEventListener("keydown", pressed);
