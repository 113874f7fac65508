"""The review: cards turned and graded, and the wish for so many a day."""

from playwright.sync_api import expect

from tests.browser.states.reaching import State, page_at
from tests.browser.visits import Visit


def _card(turned: bool, slug: str = "") -> State:
    """The review with the card that is due first, or turned; or the back of a card that is named."""

    def show(visit: Visit) -> None:
        visit.page.goto("/review/canary-releases/")
        if slug:
            address = f"/review/cards/canary-releases/{slug}/back/"
            form = visit.page.locator("#attempt form")
            send = "(it, address) => { it.action = address; HTMLFormElement.prototype.submit.call(it) }"
            form.evaluate(send, address)
        elif turned:
            visit.page.get_by_role("button", name="Turn the card").click()
        if turned:
            expect(visit.page.locator(".grades")).to_be_visible()

    return show


def _wish(cap: str) -> State:
    """The review after a wish for so many cards a day; after one card where it is for one."""

    def show(visit: Visit) -> None:
        if cap == "0":
            visit.expect_complaints("422")
        _card(turned=True)(visit)
        visit.page.get_by_role("button", name="Again").click()
        expect(visit.page.locator("#attempt .message[role=status]").first).to_be_visible()
        visit.page.locator(".review-wish summary").click()
        visit.page.locator("#id_cap").evaluate("(it, cap) => { it.removeAttribute('min'); it.value = cap }", cap)
        visit.page.get_by_role("button", name="Keep").click()
        expect(visit.page.locator(".errorlist" if cap == "0" else ".nothing")).to_be_visible()

    return show


STATES: dict[str, State] = {
    "review": _card(turned=False),
    "review across topics": page_at("/review/"),
    "review of a card": _card(turned=True),
    "review of an explanation": _card(turned=True, slug="explain-both-arms"),
    "review done for today": _wish("1"),
    "review with a wish refused": _wish("0"),
}
