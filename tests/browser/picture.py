"""Take docs/picture.png anew from a running site: python -m tests.browser.picture http://127.0.0.1:8000"""

import shutil
import sys

from playwright.sync_api import sync_playwright

from tests.serving import ROOT

PICTURE = ROOT / "docs" / "picture.png"


def take(url: str) -> None:
    """A task after a wrong answer."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1120}, reduced_motion="reduce")
        page.goto(f"{url}/practice/latency-limit/")
        page.locator(".option[data-option=C]").click()
        page.get_by_role("button", name="Deploy").click()
        page.locator("#verdict").wait_for()
        page.mouse.move(0, 0)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1])
