"""Blanks in code: each is filled in once, and offers what may go into it."""

import re

import pytest

from canarylearn.learning.models import Version
from canarylearn.learning.pages import AskedView, show_asked
from canarylearn.learning.ready import ready
from tests.people import item_of

pytestmark = pytest.mark.usefixtures("content")

OPTION = re.compile(r'<option value="([A-Z])">([^<]+)</option>')


def asked(slug: str) -> AskedView:
    return show_asked(ready(Version.objects.get(item__slug=slug).pk), {})


def test_a_blank_that_stands_in_the_code_twice_is_filled_in_once() -> None:
    slug = "wait-for-the-labels"
    assert (item_of(slug).template or "").count("⟦metric⟧") == 2
    code = asked(slug).code_html
    assert len(re.findall("<select ", code)) == len(item_of(slug).blanks)
    assert '<span class="gap">2. metric</span>' in code


@pytest.mark.parametrize(("slug", "is_pool"), [("share-and-time", False), ("release-function", True)])
def test_options_stand_below_the_code_only_where_they_go_into_every_blank(slug: str, is_pool: bool) -> None:
    found = asked(slug)
    assert bool(found.options) is is_pool
    for blank, list_of in zip(item_of(slug).blanks, found.code_html.split("<select ")[1:], strict=True):
        assert len(OPTION.findall(list_of)) == len(item_of(slug).options_for(blank))
