"""A task's page in Chromium: its weight, its requests, and when it can be used; beside the floor's page."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks.answering import CANARY, FLOOR, items, over_http
from benchmarks.figures import Table, say
from benchmarks.sites import Served, served

# As root in a container Chromium has no sandbox.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
LOAD = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const parts = performance.getEntriesByType("resource");
  return {
    requests: 1 + parts.filter((part) => !part.name.endsWith(".svg")).length,
    bytes: [page, ...parts].reduce((sum, one) => sum + one.transferSize, 0),
    server: page.responseStart - page.requestStart,
    interactive: page.domContentLoadedEventEnd,
  };
}"""


@dataclass(kw_only=True)
class Visits:
    """Visits to one page: requests (but the tab's icon), bytes, milliseconds of the server and until usable."""

    name: str
    requests: list[float] = field(default_factory=list)
    bytes: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    interactive: list[float] = field(default_factory=list)


def measure(static: Path, rounds: int = 15) -> list[Visits]:
    """Each round visits the floor's page and CanaryLearn's as a new visitor, and CanaryLearn's once more.

    A page can be used when its document is read and its modules have run (DOMContentLoaded has been handled), and
    nothing is counted before the pool of options, which the module reveals, is visible.
    """
    found = [
        Visits(name="floor, first visit"),
        Visits(name="CanaryLearn, first visit"),
        Visits(name="CanaryLearn, next visit"),
    ]
    with served(FLOOR, static) as floor, served(CANARY, static) as canary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        task = f"{canary.url}{_first_page(canary)}"
        for _ in range(2):  # both workers read their templates
            _visit(browser.new_context(), task, Visits(name=""))
        for _ in range(rounds):
            _visit_floor(browser, floor, found[0])
            context = browser.new_context()
            _visit(context, task, found[1])
            _visit(context, task, found[2])
            context.close()
        browser.close()
    return found


def table(found: list[Visits]) -> Table:
    """What was found, as in docs/performance.md."""
    return Table(
        title="A task's page in Chromium",
        columns=["page", "requests", "kB sent", "server ms", "usable after ms"],
        rows=[
            [
                visits.name,
                f"{median(visits.requests):.0f}",
                say(median(visits.bytes) / 1000),
                say(median(visits.server)),
                say(median(visits.interactive)),
            ]
            for visits in found
        ],
    )


def _visit_floor(browser: Browser, floor: Served, visits: Visits) -> None:
    context = browser.new_context()
    context.request.get(f"{floor.url}{FLOOR.entrance}")
    _visit(context, f"{floor.url}{_first_page(floor)}", visits)
    context.close()


def _visit(context: BrowserContext, address: str, visits: Visits) -> None:
    page = context.new_page()
    page.goto(address, wait_until="load")
    page.locator(".pool button, label").first.wait_for(state="visible")
    for name, value in page.evaluate(LOAD).items():
        getattr(visits, name).append(value)
    page.close()


def _first_page(site: Served) -> str:
    with over_http(site.url) as send:
        return items(site.app, send)[0]


def _chromium() -> str:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    assert found, "No Chromium was found. Run scripts/system-packages, which installs it."
    return found
