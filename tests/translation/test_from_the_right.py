"""Pages in a language that is written from the right."""

import re

import pytest
from django.template import loader
from django.utils.translation import get_language

from tests.people import QUESTION, TASK, Visitor, answers, path_of
from tests.translation.pseudo import FROM_LEFT, FROM_RIGHT, speaking


@pytest.mark.parametrize("path", ["/", "/topics/canary-releases/", path_of(TASK), "/lab/", "/nowhere/"])
def test_a_page_says_which_language_it_is_in_and_where_that_begins(visitor: Visitor, path: str) -> None:
    for code, direction in ((FROM_RIGHT, "rtl"), (FROM_LEFT, "ltr")):
        with speaking(code):
            assert f'<html lang="{code}" dir="{direction}">' in visitor.get(path).text
    assert '<html lang="en" dir="ltr">' in visitor.get(path).text


def test_the_page_for_our_own_faults_does_so_as_well() -> None:
    with speaking(FROM_RIGHT):
        assert f'<html lang="{FROM_RIGHT}" dir="rtl">' in loader.render_to_string("500.html")


def test_what_is_rendered_once_is_rendered_once_in_each_language(visitor: Visitor) -> None:
    visitor.answer(QUESTION, answers(QUESTION, passing=True)[0])
    before = visitor.get(path_of(QUESTION)).text
    with speaking(FROM_LEFT):
        other = visitor.get(path_of(QUESTION)).text
    assert re.search(r"Deployed: .*Common mistakes", before, re.DOTALL)
    assert "Deployed:" not in other
    assert "Common mistakes" not in other
    assert "Common mistakes" in visitor.get(path_of(QUESTION)).text


def test_a_language_is_spoken_for_a_while_only() -> None:
    with speaking(FROM_RIGHT):
        assert get_language() == FROM_RIGHT
    assert get_language() == "en"
