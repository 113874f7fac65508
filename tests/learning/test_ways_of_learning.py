"""The page of each of the ten ways to learn says how long it takes and whether it is needed, and leads on."""

import re

import pytest

from tests.people import Visitor

TOPIC = "/topics/canary-releases/"
WAYS = {
    "Introduction": (f"{TOPIC}introduction/", "Why"),
    "Why": (f"{TOPIC}why/", "Deep dive"),
    "Deep dive": (f"{TOPIC}deep-dive/", "Visualise"),
    "Visualise": (f"{TOPIC}visualise/", "Try"),
    "Try": ("/practice/", "Challenge"),
    "Challenge": ("/challenge/canary-releases/", "Project"),
    "Project": ("/project/canary-releases/", "Review"),
    "Review": ("/review/canary-releases/", "Cost to decide"),
    "Cost to decide": (f"{TOPIC}cost/", "Test"),
    "Test": ("/test/canary-releases/", "Lab"),
}
"""Each way's address, and the way that comes next."""

NEEDED = ("Jump in, no test required.", "You may know this already: test yourself first", "Test yourself here")


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", text).split())


@pytest.mark.parametrize("way", WAYS)
def test_a_way_says_first_whether_it_is_needed_and_ends_with_the_questions_and_the_next_one(
    visitor: Visitor, way: str
) -> None:
    address, following = WAYS[way]
    page = visitor.get(address).text
    crumb, begin = (
        re.search(rf'class="{name}"[^>]*>(.*?)</(?:nav|p)>', page, re.DOTALL) for name in ("crumb", "begin")
    )
    assert crumb
    assert re.search(rf"/ {way} about \d+ min$", words(crumb[1]))
    assert begin
    assert words(begin[1]).startswith(NEEDED)
    assert "/test/canary-releases/" in begin[1] or way == "Test"
    end = page.split('<nav class="lesson-next"')[1].split("</nav>")[0]
    assert len(re.findall(r'href="/quizzes/[a-z-]+/"', end)) == 5
    links = re.findall(r'<a class="(?:primary|ghost)" href="([^"]+)">Next: (.*?)</a>', end)
    assert links == [(WAYS[following][0] if following in WAYS else "/lab/", following)]


def test_the_topic_says_where_to_begin_and_what_to_do_with_what_one_knows(visitor: Visitor) -> None:
    page = visitor.get(TOPIC).text
    assert f'<a class="primary" href="{TOPIC}introduction/">Begin: Introduction</a>' in page
    assert '<a class="ghost" href="/test/canary-releases/">Test yourself first</a>' in page
    assert "names your next best step" in words(page)
