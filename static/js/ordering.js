// Putting lines in order: by drag, by touch, by buttons and by keys. The list to choose from at each place stays in the
// form and keeps the values; without this file it does it alone.

function say(text) {
  document.getElementById("announcer").textContent = text;
}

function setUp(box) {
  const places = [...box.querySelectorAll(".order select")];
  if (places.length < 2) return;
  const texts = new Map([...places[0].options].map((option) => [option.value, option.textContent]));
  const given = [...new Set(places.map((place) => place.value))];
  const rows = [...given, ...[...texts.keys()].filter((value) => !given.includes(value))].map(makeRow);
  const list = document.createElement("ol");
  let taken = null; // the row that the arrow keys move, and where it came from
  list.className = "order-rows";
  list.setAttribute("aria-label", box.querySelector(".order").getAttribute("aria-label"));
  list.append(...rows.map((row) => row.item));
  box.querySelector(".order").hidden = true;
  box.append(list);
  draw();

  function words(kind, row) {
    const place = rows.indexOf(row) + 1;
    return box.dataset[kind]
      .replace("{line}", row.text)
      .replace("{place}", place)
      .replace("{all}", rows.length);
  }

  function makeRow(value) {
    const item = document.createElement("li");
    const line = document.createElement("button");
    const up = document.createElement("button");
    const down = document.createElement("button");
    const row = { value, item, line, up, down, text: texts.get(value) };
    for (const button of [line, up, down]) button.type = "button";
    line.className = "line-of-order";
    line.textContent = row.text;
    for (const [button, sign, kind] of [[up, "↑", "up"], [down, "↓", "lower"]]) {
      button.className = "nudge";
      button.textContent = sign;
      button.setAttribute("aria-label", box.dataset[kind].replace("{line}", row.text));
    }
    item.append(line, up, down);
    line.addEventListener("click", () => (taken?.row === row ? putDown() : take(row)));
    line.addEventListener("keydown", (event) => pressKey(event, row));
    line.addEventListener("blur", () => taken?.row === row && putDown());
    up.addEventListener("click", () => nudge(row, -1, up));
    down.addEventListener("click", () => nudge(row, 1, down));
    dragging(row);
    return row;
  }

  // The values go into the form, and each row says where it stands.
  function draw() {
    rows.forEach((row, number) => {
      places[number].value = row.value;
      row.item.classList.toggle("taken", taken?.row === row);
      row.line.setAttribute("aria-pressed", String(taken?.row === row));
      row.up.setAttribute("aria-disabled", String(number === 0));
      row.down.setAttribute("aria-disabled", String(number === rows.length - 1));
    });
  }

  function move(row, to) {
    const from = rows.indexOf(row);
    const place = Math.max(0, Math.min(rows.length - 1, to));
    if (place === from) return false;
    rows.splice(from, 1);
    rows.splice(place, 0, row);
    // The others move around it: the row itself stays in the page, and so keeps the focus and the finger on it.
    for (const other of rows.slice(0, place)) list.insertBefore(other.item, row.item);
    list.append(...rows.slice(place + 1).map((other) => other.item));
    draw();
    return true;
  }

  function nudge(row, step, button) {
    if (move(row, rows.indexOf(row) + step)) say(words("moved", row));
    button.focus();
  }

  function take(row) {
    taken = { row, from: rows.indexOf(row) };
    draw();
    say(words("taken", row));
  }

  function putDown() {
    const { row } = taken;
    taken = null;
    draw();
    say(words("down", row));
  }

  function pressKey(event, row) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (taken?.row !== row) return;
    if (event.key === "Escape") {
      const { from } = taken;
      taken = null;
      move(row, from);
      draw();
      say(words("back", row));
    } else if (step) {
      event.preventDefault();
      if (move(row, rows.indexOf(row) + step)) say(words("moved", row));
    }
  }

  // A press that moves becomes a drag: the row goes where the pointer is. Fingers drag by the line, which does not scroll.
  function dragging(row) {
    let justDragged = false;
    row.line.addEventListener("click", (click) => {
      if (justDragged) click.stopImmediatePropagation();
    }, { capture: true });
    row.line.addEventListener("pointerdown", (down) => {
      if (down.button !== 0) return;
      let moving = false;
      const at = (event) => {
        if (!moving && Math.abs(event.clientY - down.clientY) > 6) {
          moving = true;
          row.item.classList.add("dragged");
        }
        if (!moving) return;
        const others = rows.filter((other) => other !== row);
        const above = others.filter((other) => {
          const { top, height } = other.item.getBoundingClientRect();
          return event.clientY > top + height / 2;
        });
        move(row, above.length);
      };
      const stop = () => {
        document.removeEventListener("pointermove", at);
        document.removeEventListener("pointerup", stop);
        document.removeEventListener("pointercancel", stop);
        row.item.classList.remove("dragged");
        if (!moving) return;
        justDragged = true;
        setTimeout(() => (justDragged = false), 50);
        say(words("moved", row));
      };
      document.addEventListener("pointermove", at);
      document.addEventListener("pointerup", stop);
      document.addEventListener("pointercancel", stop);
    });
  }
}

function start() {
  for (const box of document.querySelectorAll("[data-ordering]:not([data-ready])")) {
    box.dataset.ready = "yes";
    setUp(box);
  }
}

start();
document.addEventListener("htmx:afterSwap", start);
