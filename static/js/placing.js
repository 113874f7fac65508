// Answering by drag, by click, by touch and by keyboard. The <select> of each blank and the radio buttons stay in the
// form and keep the values; without this file they do it alone.

const MOVED = 6; // pixels before a press becomes a drag

const announcer = document.getElementById("announcer");

// A text of the page, in its language, with these values in it.
function words(name, values = {}) {
  return announcer.dataset[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

function say(name, values) {
  announcer.textContent = words(name, values);
}

// A press that moves becomes a drag; a press that does not stays a click. `spots` are the elements to drop on.
function dragging(element, { carried, spots, drop, touch = true }) {
  let justDragged = false;
  // The click that a browser sends after a drag must not place anything a second time.
  const swallow = (click) => {
    if (!justDragged) return;
    click.stopImmediatePropagation();
    click.preventDefault();
  };
  element.addEventListener("click", swallow, { capture: true });
  element.addEventListener("pointerdown", (down) => {
    const original = carried();
    if (down.button !== 0 || !original || (down.pointerType === "touch" && !touch)) return;
    let ghost = null;
    const under = (event) => {
      const found = document.elementFromPoint(event.clientX, event.clientY);
      return spots.find((spot) => spot.contains(found)) ?? null;
    };
    const move = (event) => {
      if (!ghost && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > MOVED) {
        ghost = original.cloneNode(true);
        ghost.classList.add("dragging");
        ghost.setAttribute("aria-hidden", "true");
        for (const field of ghost.querySelectorAll("input")) field.remove();
        document.body.append(ghost);
      }
      if (!ghost) return;
      ghost.style.translate = `${event.clientX - ghost.offsetWidth / 2}px ${event.clientY - ghost.offsetHeight / 2}px`;
      for (const spot of spots) spot.classList.toggle("over", spot === under(event));
    };
    const stop = (event) => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", stop);
      element.removeEventListener("pointercancel", stop);
      if (!ghost) return;
      ghost.remove();
      justDragged = true;
      setTimeout(() => (justDragged = false), 50);
      for (const spot of spots) spot.classList.remove("over");
      drop(event.type === "pointerup" ? under(event) : null);
    };
    element.setPointerCapture(down.pointerId);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", stop);
    element.addEventListener("pointercancel", stop);
  });
}

function setUpBlanks(form) {
  const pool = form.querySelector(".pool");
  if (!pool) return;
  const options = [...pool.querySelectorAll(".option")];
  const blanks = [...form.querySelectorAll("select.blank")].map((select) => makeBlank(select));
  const spots = blanks.map((blank) => blank.button);
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

  const textOf = (blank) => blank.select.selectedOptions[0].textContent;
  const isEmpty = (blank) => blank.select.value === "";
  const blankAt = (spot) => blanks.find((blank) => blank.button === spot);

  function draw() {
    for (const blank of blanks) {
      const text = isEmpty(blank) ? "" : textOf(blank);
      blank.button.className = `blank${text && " filled"}${blank === chosenBlank ? " choosing" : ""}`;
      blank.button.textContent = text;
      blank.button.setAttribute("aria-label", words("blank", { blank: blank.name, option: text || words("empty") }));
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
    say("placed", { option: textOf(blank), blank: blank.name });
    (blanks.find(isEmpty)?.button ?? form.querySelector(".primary")).focus();
  }

  function clear(blank) {
    if (isEmpty(blank)) return;
    const text = textOf(blank);
    blank.select.value = "";
    draw();
    say("takenOut", { option: text, blank: blank.name });
  }

  function cancel() {
    const back = chosenBlank?.button ?? held;
    if (!back) return;
    chosenBlank = held = null;
    draw();
    say("nothingPlaced");
    back.focus();
  }

  function pressBlank(blank) {
    if (held) return place(blank, held);
    chosenBlank = blank;
    draw();
    say("choose", { blank: blank.name });
    options[0].focus();
  }

  function pressOption(option) {
    const empty = blanks.filter(isEmpty);
    if (chosenBlank) return place(chosenBlank, option);
    if (empty.length === 1) return place(empty[0], option);
    if (blanks.length === 1) return place(blanks[0], option);
    held = held === option ? null : option;
    draw();
    if (held) say("pickedUp", { option: option.querySelector("code").textContent });
    else say("putDown");
    if (held) (empty[0] ?? blanks[0]).button.focus();
  }

  function pressKey(event, blank = null) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return cancel();
    if (blank && (event.key === "Delete" || event.key === "Backspace")) return clear(blank);
    const option = options.find((one) => one.dataset.option === event.key.toUpperCase());
    if (option) place(blank ?? chosenBlank ?? blanks.find(isEmpty) ?? blanks[0], option);
  }

  for (const blank of blanks) {
    const carried = () => options.find((option) => option.dataset.option === blank.select.value);
    const drop = (spot) => {
      const option = carried();
      if (spot !== blank.button) clear(blank);
      if (spot) place(blankAt(spot), option);
    };
    dragging(blank.button, { carried, spots, drop });
    blank.button.addEventListener("click", () => pressBlank(blank));
    blank.button.addEventListener("keydown", (event) => pressKey(event, blank));
  }
  for (const option of options) {
    dragging(option, { carried: () => option, spots, drop: (spot) => spot && place(blankAt(spot), option) });
    option.addEventListener("click", () => pressOption(option));
    option.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return pressKey(event);
      event.preventDefault();
      options[(options.indexOf(option) + step + options.length) % options.length].focus();
    });
  }
  draw();
}

// A question's options are radio buttons, for every way of choosing; a mouse may also drag one to the slot.
function setUpChoice(form) {
  const slot = form.querySelector(".slot");
  if (!slot) return;
  slot.hidden = !matchMedia("(any-pointer: fine)").matches;

  function draw() {
    const letter = form.elements.choice.value;
    slot.textContent = letter ? words("yours", { letter }) : words("dragHere");
    slot.classList.toggle("filled", letter !== "");
  }

  for (const label of form.querySelectorAll(".radio")) {
    const drop = (spot) => {
      if (!spot) return;
      const radio = label.querySelector("input");
      radio.checked = true;
      radio.focus();
      draw();
    };
    dragging(label, { carried: () => label, spots: [slot], drop, touch: false });
  }
  form.addEventListener("change", draw);
  draw();
}

function start() {
  for (const form of document.querySelectorAll("form.answer:not([data-ready])")) {
    form.dataset.ready = "yes";
    if ("placing" in form.dataset) setUpBlanks(form);
    else setUpChoice(form);
  }
}

// What the server marked as news gets the focus, so that it is heard, and is moved into view where it is not.
function showNews() {
  const marked = [...document.querySelectorAll("#attempt [autofocus]")];
  const news = marked[0];
  if (!news) return;
  for (const element of marked) element.removeAttribute("autofocus");
  news.focus({ preventScroll: true });
  const block = news.closest(".verdict") ?? news;
  const { top } = block.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 3) block.scrollIntoView();
}

function showLost(form, kind) {
  for (const notice of document.querySelectorAll("[data-lost]")) {
    notice.hidden = notice.dataset.lost !== kind;
    notice.setAttribute("role", "alert");
  }
  form?.querySelector("[type=submit]")?.focus();
}

start();
document.addEventListener("htmx:afterSwap", start);
document.addEventListener("htmx:afterSettle", showNews);
document.addEventListener("htmx:beforeRequest", () => showLost(null, ""));
document.addEventListener("htmx:sendError", (event) => showLost(event.detail.elt, "unreached"));
document.addEventListener("htmx:timeout", (event) => showLost(event.detail.elt, "unreached"));
document.addEventListener("htmx:responseError", (event) => showLost(event.detail.elt, "unanswered"));
