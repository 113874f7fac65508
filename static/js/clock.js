// The time that is left, counted down from what the server said. How the machine's own clock is set does not matter:
// only the time since the page was made is measured, and the server is asked again when the page was asleep.

const TOLD = [[60, "sixty"], [20, "twenty"]];

let ends = 0; // in milliseconds since the page was opened, by the browser's steady clock
let told = new Set();

const clock = () => document.querySelector("#clock[data-left]");
const left = () => Math.max(0, (ends - performance.now()) / 1000);

function say(text) {
  document.getElementById("time").textContent = text;
}

function begin(seconds, since) {
  ends = since + seconds * 1000;
  told = new Set(TOLD.filter(([at]) => seconds <= at).map(([, name]) => name));
  draw();
}

function draw() {
  const shown = clock();
  if (!shown) return;
  const seconds = left();
  const whole = Math.ceil(seconds);
  shown.querySelector("[data-shown]").textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  shown.classList.toggle("soon", seconds <= 20);
  for (const [at, name] of TOLD) {
    if (seconds > at || told.has(name)) continue;
    told.add(name);
    say(shown.dataset[name]);
  }
  if (seconds > 0) return;
  const words = document.createElement("p");
  words.textContent = shown.dataset.over;
  say(shown.dataset.over);
  shown.removeAttribute("data-left");
  shown.classList.replace("runs", "over");
  shown.classList.remove("soon");
  if (shown.contains(document.activeElement)) shown.focus();
  shown.replaceChildren(words);
}

async function ask() {
  const shown = clock();
  if (!shown || document.hidden) return;
  try {
    const answer = await fetch(shown.dataset.ask, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const said = await answer.json();
    if (said.state === "runs" || said.state === "over") begin(said.left, performance.now());
  } catch {
    // Without a connection the count goes on; the server decides anyway.
  }
}

function start(since) {
  const shown = clock();
  if (!shown) return;
  shown.querySelector("[data-as-loaded]").hidden = true;
  begin(Number(shown.dataset.left), since);
}

const [opened] = performance.getEntriesByType("navigation");
start(opened ? opened.responseStart : performance.now());
document.addEventListener("htmx:afterSwap", () => start(performance.now()));
document.addEventListener("visibilitychange", ask);
addEventListener("pageshow", (event) => event.persisted && ask());
setInterval(draw, 250);
