// Placing options into blanks: by drag, by click, by touch, by keyboard. The <select> of each blank stays in the
// form and keeps the value; what is seen instead of it is a button. Without this file the selects do it alone.

const MOVED = 6; // pixels before a press becomes a drag

function say(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}

function setUp(form) {
  if (form.dataset.ready) return;
  form.dataset.ready = "yes";
  const pool = form.querySelector(".pool");
  if (!pool) return;
  const options = [...pool.querySelectorAll(".option")];
  const blanks = [...form.querySelectorAll("select.blank")].map((select) => makeBlank(select));
  let chosenBlank = null; // waits for an option
  let held = null; // an option that waits for a blank
  pool.hidden = false;

  function makeBlank(select) {
    const button = document.createElement("button");
    button.type = "button";
    select.hidden = true;
    select.after(button);
    return { select, button, name: select.getAttribute("aria-label") };
  }

  const textOf = (blank) => blank.select.selectedOptions[0]?.textContent.trim() ?? "";

  function draw() {
    for (const blank of blanks) {
      const filled = blank.select.value !== "";
      blank.button.className = `blank${filled ? " filled" : ""}${blank === chosenBlank ? " choosing" : ""}`;
      blank.button.textContent = filled ? textOf(blank) : "";
      blank.button.setAttribute("aria-label", `${blank.name}, ${filled ? textOf(blank) : "empty"}`);
    }
    for (const option of options) {
      const placed = blanks.some((blank) => blank.select.value === option.dataset.option);
      option.classList.toggle("placed", placed);
      option.classList.toggle("held", option === held);
      option.setAttribute("aria-pressed", String(option === held));
    }
  }

  function place(blank, option) {
    blank.select.value = option.dataset.option;
    chosenBlank = held = null;
    draw();
    say(`${textOf(blank)} placed in ${blank.name}`);
    const next = blanks.find((other) => other.select.value === "");
    (next?.button ?? form.querySelector(".primary")).focus();
  }

  function clear(blank) {
    if (blank.select.value === "") return;
    const text = textOf(blank);
    blank.select.value = "";
    draw();
    say(`${text} taken out of ${blank.name}`);
  }

  function cancel() {
    const back = chosenBlank?.button ?? held;
    if (!back) return;
    chosenBlank = held = null;
    draw();
    say("Nothing placed");
    back.focus();
  }

  function pressBlank(blank) {
    if (held) return place(blank, held);
    chosenBlank = blank;
    draw();
    say(`Choose an option for ${blank.name}`);
    options[0].focus();
  }

  function pressOption(option) {
    const empty = blanks.filter((blank) => blank.select.value === "");
    if (chosenBlank) return place(chosenBlank, option);
    if (empty.length === 1) return place(empty[0], option);
    if (blanks.length === 1) return place(blanks[0], option);
    held = held === option ? null : option;
    draw();
    say(held ? `${option.querySelector("code").textContent} picked up. Choose a blank` : "Put down");
    if (held) (empty[0] ?? blanks[0]).button.focus();
  }

  function letter(event, blank) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const option = options.find((one) => one.dataset.option === event.key.toUpperCase());
    const target = blank ?? chosenBlank ?? blanks.find((one) => one.select.value === "") ?? blanks[0];
    if (option) place(target, option);
  }

  for (const blank of blanks) {
    dragging(blank.button, () => options.find((option) => option.dataset.option === blank.select.value), blank);
    blank.button.addEventListener("click", () => pressBlank(blank));
    blank.button.addEventListener("keydown", (event) => {
      if (event.key === "Delete" || event.key === "Backspace") clear(blank);
      else if (event.key === "Escape") cancel();
      else letter(event, blank);
    });
  }
  for (const option of options) {
    dragging(option, () => option);
    option.addEventListener("click", () => pressOption(option));
    option.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") return cancel();
      if (!step) return letter(event);
      event.preventDefault();
      options[(options.indexOf(option) + step + options.length) % options.length].focus();
    });
  }

  // A press that moves becomes a drag; a press that does not stays a click.
  function dragging(element, carried, from = null) {
    let justDragged = false;
    // The click that a browser sends after a drag must not place anything a second time.
    element.addEventListener("click", (click) => justDragged && click.stopImmediatePropagation(), { capture: true });
    element.addEventListener("pointerdown", (down) => {
      const option = carried();
      if (down.button !== 0 || !option) return;
      let ghost = null;
      const under = (event) =>
        blanks.find((blank) => blank.button.contains(document.elementFromPoint(event.clientX, event.clientY)));
      const move = (event) => {
        const far = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > MOVED;
        if (!ghost && far) {
          ghost = option.cloneNode(true);
          ghost.classList.add("dragging");
          ghost.setAttribute("aria-hidden", "true");
          document.body.append(ghost);
        }
        if (!ghost) return;
        ghost.style.translate = `${event.clientX - ghost.offsetWidth / 2}px ${event.clientY - ghost.offsetHeight / 2}px`;
        for (const blank of blanks) blank.button.classList.toggle("over", blank === under(event));
      };
      const stop = (event) => {
        element.removeEventListener("pointermove", move);
        element.removeEventListener("pointerup", stop);
        element.removeEventListener("pointercancel", stop);
        if (!ghost) return;
        ghost.remove();
        justDragged = true;
        setTimeout(() => (justDragged = false), 50);
        const target = event.type === "pointerup" ? under(event) : null;
        draw();
        if (from && target !== from) clear(from);
        if (target) place(target, option);
      };
      element.setPointerCapture(down.pointerId);
      element.addEventListener("pointermove", move);
      element.addEventListener("pointerup", stop);
      element.addEventListener("pointercancel", stop);
    });
  }

  draw();
}

function lost(event) {
  const notice = event.target.querySelector?.("[data-lost]");
  if (!notice) return;
  notice.hidden = false;
  notice.setAttribute("role", "alert");
}

function start() {
  for (const form of document.querySelectorAll("form[data-placing]")) setUp(form);
}

start();
document.addEventListener("htmx:afterSwap", start);
document.addEventListener("htmx:afterSettle", () => document.querySelector("#verdict[autofocus]")?.focus());
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(name, lost);
