"""Every question can be answered, wrong and right, in every way, and the verdict is the engine's."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.visits import Visit
from tests.browser.ways import WAYS
from tests.people import answers, item_of
from tests.topics import curriculum

ITEMS = (*curriculum().topic.tasks, *curriculum().topic.questions)

PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
CONTEXTS: dict[str, dict[str, Any]] = {"by touch": PHONE, "without JavaScript": {"java_script_enabled": False}}


def test_there_are_ten_questions() -> None:
    assert len(ITEMS) == 10


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("slug", ITEMS)
def test_is_answered_wrong_and_then_right(visit: Callable[..., Visit], slug: str, way: str) -> None:
    learner = visit(**CONTEXTS.get(way, {}))
    learner.open(slug)
    wrong, right = answers(slug, passing=False)[-1], answers(slug, passing=True)[0]
    for answer, second in ((wrong, False), (right, True)):
        WAYS[way](learner.page, item_of(slug), answer, second)
        learner.expect_verdict_on(slug, answer)
    expect(learner.page.locator(".steps .solved")).to_have_count(1)
    assert learner.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
