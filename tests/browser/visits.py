"""A visit to the site in a real browser: one learner, one page, and everything the browser complained about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from canarylearn.items import Answer, judge
from canarylearn.items.explaining import headline
from tests.people import chosen, item_of, path_of
from tests.topics import curriculum

MILLISECONDS = 8000

_REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation',
    (event) => console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI}`));
"""


@dataclass(kw_only=True)
class Visit:
    """One learner with one page. `complaints` are console errors, page errors and violations of the policy;
    `expected` are words of those that a test brings about."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def open(self, slug: str) -> None:
        """Go to an item's page."""
        self.page.goto(path_of(slug))

    def expect_complaints(self, *words: str) -> None:
        """The browser will complain, in each of these words; it is an error if it does not."""
        self.expected += words

    def unexpected(self) -> list[str]:
        """Complaints that no test asked for, and words that were expected and never came."""
        missing = [f"never heard: {words}" for words in self.expected if words not in "".join(self.complaints)]
        return missing + [said for said in self.complaints if not any(words in said for words in self.expected)]

    def another_page(self) -> "Visit":
        """A second tab of the same learner."""
        return _watched(self.page.context.new_page(), self.complaints)

    @property
    def verdict(self) -> Locator:
        """The verdict on the page."""
        return self.page.locator(".verdict")

    @property
    def deploy(self) -> Locator:
        """The button that sends an answer."""
        return self.page.get_by_role("button", name="Deploy", exact=True)

    def fill(self, slug: str, answer: Answer) -> None:
        """Put an answer into the form by the shortest way; how people do it is tested elsewhere."""
        for name, option in chosen(slug, answer).items():
            if name == "choice":
                self.page.locator(f"input[name=choice][value={option}]").check()
            else:
                self.page.locator(f"select[name={name}]").evaluate("(it, value) => { it.value = value }", option)

    def answer(self, slug: str, answer: Answer) -> None:
        """Fill in an answer, deploy it and wait for its verdict."""
        self.fill(slug, answer)
        with self.page.expect_response(lambda response: "/attempt/" in response.url):
            self.deploy.click()
        self.expect_verdict_on(slug, answer)

    def expect_verdict_on(self, slug: str, answer: Answer) -> None:
        """The page shows the verdict that the engine gives, for the reason that the run shows."""
        item = item_of(slug)
        scenarios = curriculum().scenarios_of(item)
        judgement = judge(item, scenarios, answer)
        said = f"{'Solved' if judgement.passed else 'Not yet'}: {headline(judgement, dict(scenarios))}"
        expect(self.page.locator("#verdict")).to_have_text(said)
        deployed = self.page.locator(".answer-text")
        for option in item.chosen(answer).values():  # two wrong answers in a row can have the same headline
            expect(deployed).to_contain_text(option.text.replace("`", ""))

    def expect_tries_left(self, number: int) -> None:
        """The page says how many tries are left."""
        expect(self.page.locator(".tries")).to_have_text(f"{number} {'try' if number == 1 else 'tries'} left")


@contextmanager
def visits(browser: Browser, url: str) -> Iterator[Callable[..., Visit]]:
    """Begin visits, each by a new learner; at the end no browser may have complained."""
    begun: list[Visit] = []

    def begin(**options: Any) -> Visit:
        context = browser.new_context(**{"base_url": url, "reduced_motion": "reduce", **options})
        context.set_default_timeout(MILLISECONDS)
        context.add_init_script(_REPORT_VIOLATIONS)
        begun.append(_watched(context.new_page(), []))
        return begun[-1]

    yield begin
    for visit in begun:
        visit.page.context.close()
    complaints = [said for visit in begun for said in visit.unexpected()]
    assert not complaints, f"the browser complained: {complaints}"


def _watched(page: Page, complaints: list[str]) -> Visit:
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return Visit(page=page, complaints=complaints)
