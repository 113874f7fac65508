"""What a finished item teaches: the smallest change, one picture of all answers, how sure it is, and the way on."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from django.db import connection

from canarylearn.items import judge
from canarylearn.items.judging import SEEDS, deploy
from canarylearn.items.spec import HINTS, TRIES
from canarylearn.lab.links import unpack
from canarylearn.learning.models import Version
from canarylearn.learning.option_charts import MOST_CURVES, OptionChart
from canarylearn.learning.ready import Ready, ready
from canarylearn.learning.resolved import show_resolved
from tests.people import QUESTION, TASK, Visitor, answers, item_of, path_of
from tests.topics import curriculum

pytestmark = pytest.mark.usefixtures("content")

ONE_BLANK, TWO_BLANKS, CLAIMS, WORST = "first-users", "split-the-traffic", "why-canary", "faster-or-better"
ITEMS = sorted(curriculum().items)


def made_ready(slug: str) -> Ready:
    """The published version of an item."""
    return ready(Version.objects.get(item__slug=slug).pk)


def plain(text: str) -> str:
    """What can be read of a page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", "", text))).strip()


def learnt(text: str) -> str:
    """The part about the learner's own answer."""
    found = re.search(r'<section class="learnt".*?</section>', text, re.DOTALL)
    return plain(found[0]) if found else ""


# The smallest change


def test_the_smallest_change_is_one_from_the_last_wrong_answer(visitor: Visitor) -> None:
    wrong, right = answers(ONE_BLANK, passing=False), answers(ONE_BLANK, passing=True)[0]
    visitor.answer(ONE_BLANK, wrong[0])
    reply = visitor.answer(ONE_BLANK, wrong[1])
    assert learnt(reply.text) == ""
    reply = visitor.answer(ONE_BLANK, right)
    options = item_of(ONE_BLANK).options_for("traffic")
    before, after = options[wrong[1]["traffic"]].text, options[right["traffic"]].text
    assert f"traffic: {before} →becomes {after}" in learnt(reply.text)


def test_no_change_is_named_where_the_first_answer_passed(visitor: Visitor) -> None:
    reply = visitor.answer(ONE_BLANK, answers(ONE_BLANK, passing=True)[0])
    assert "smallest change" not in learnt(reply.text)
    assert "Not luck" in learnt(reply.text)


@pytest.mark.parametrize("slug", ITEMS)
def test_the_smallest_change_passes_and_no_smaller_one_does(slug: str) -> None:
    item, mine = item_of(slug), made_ready(slug)
    for wrong in answers(slug, passing=False)[:20]:
        changes = show_resolved(mine, [wrong]).changes
        mended = dict(wrong)
        for change in changes:
            blank = change.blank.replace("step ", "line") or item.blanks[0]
            texts = [option.text for option in item.options_for(blank)]
            mended[blank] = texts.index(change.after) if change.blank else ord(change.after) - ord("A")
        assert judge(item, curriculum().scenarios_of(item), mended).passed
        nearest = min(sum(wrong[blank] != right[blank] for blank in wrong) for right in answers(slug, passing=True))
        assert len(changes) == nearest >= 1


def test_of_several_answers_that_pass_the_one_with_fewest_changes_is_named() -> None:
    strict = made_ready(TWO_BLANKS)
    loose = replace(strict, item=strict.item.model_copy(update={"goals": strict.item.goals[:1]}))
    passing = [answer for answer in loose.item.assignments() if loose.judge(answer).passed]
    apart = 0
    for wrong in loose.item.assignments():
        distances = {sum(wrong[blank] != right[blank] for blank in wrong) for right in passing}
        apart += len(distances) > 1
        assert wrong in passing or len(show_resolved(loose, [wrong]).changes) == min(distances)
    assert apart > 0


def test_a_question_s_change_is_said_in_its_letters(visitor: Visitor) -> None:
    for wrong in answers(QUESTION, passing=False)[:2]:
        reply = visitor.answer(QUESTION, wrong)
    right = answers(QUESTION, passing=True)[0]["choice"]
    assert f"{'ABCD'[wrong['choice']]} →becomes {'ABCD'[right]}" in learnt(reply.text)


# One picture


def charts() -> Iterator[tuple[str, OptionChart]]:
    """Every picture of the curriculum."""
    for slug in ITEMS:
        chart = show_resolved(made_ready(slug), [answers(slug, passing=False)[0]]).compare.chart
        if chart is not None:
            yield slug, chart


def test_items_whose_options_do_different_things_have_a_picture_and_claims_have_none() -> None:
    drawn = {slug for slug, _ in charts()}
    assert {ONE_BLANK, TWO_BLANKS, WORST, QUESTION, TASK} <= drawn
    assert CLAIMS not in drawn
    assert "who-is-routed" not in drawn


def test_a_line_ends_at_the_users_that_the_table_says_were_harmed() -> None:
    mine = made_ready(ONE_BLANK)
    compare = show_resolved(mine, [answers(ONE_BLANK, passing=False)[0]]).compare
    assert compare.chart
    harmed = {row.letter: row.harm.users for row in compare.rows if row.harm}
    assert {curve.label: curve.values[-1] for curve in compare.chart.curves} == harmed
    for curve in compare.chart.curves:
        assert f"{curve.label}: {harmed[curve.label]}" in compare.chart.desc


def test_what_passes_and_what_was_answered_are_always_drawn() -> None:
    for slug in ITEMS:
        for wrong in answers(slug, passing=False)[:20]:
            mine = made_ready(slug)
            chart = show_resolved(mine, [wrong]).compare.chart
            if chart is None:
                continue
            assert len(chart.curves) <= MOST_CURVES
            assert sum(curve.passed for curve in chart.curves) == 1
            released = mine.judge(wrong).refusal is None
            assert any(curve.yours for curve in chart.curves) is released


def test_no_name_of_a_line_stands_upon_another() -> None:
    for slug, chart in charts():
        places = sorted(float(curve.label_y) for curve in chart.curves)
        assert all(after - before >= 16.9 for before, after in pairwise(places)), slug
        assert places[0] >= 0
        assert places[-1] <= 200


def test_a_picture_is_told_in_words_and_in_a_table(visitor: Visitor) -> None:
    for wrong in answers(ONE_BLANK, passing=False)[:3]:
        reply = visitor.answer(ONE_BLANK, wrong)
    figure = re.search(r'<figure class="options-chart">.*?</figure>', reply.text, re.DOTALL)
    assert figure
    assert re.search(r'role="img" aria-labelledby="options-title" aria-describedby="options-words"', figure[0])
    assert plain(figure[0]).count("so many users had been harmed") == 1
    rows = re.findall(r'<tr><th scope="row">', figure[0])
    assert len(rows) == len(item_of(ONE_BLANK).options_for("traffic"))


# How sure it is, goals, and the lab


def test_the_seeds_are_those_of_the_proof_that_was_kept(visitor: Visitor) -> None:
    seeds = len(SEEDS)
    reply = visitor.answer(ONE_BLANK, answers(ONE_BLANK, passing=True)[0])
    assert f"held in {seeds} of {seeds} runs" in learnt(reply.text)
    assert 'href="/how-answers-are-judged/#luck"' in reply.text
    for version in Version.objects.filter(item__slug=ONE_BLANK):
        version.proof["seeds"] = 61
        version.save()
    ready.cache_clear()
    assert "held in 61 of 61 runs" in learnt(visitor.get(path_of(ONE_BLANK)).text)


def test_no_run_is_made_to_say_how_many_seeds_agreed(visitor: Visitor) -> None:
    visitor.answer(ONE_BLANK, answers(ONE_BLANK, passing=True)[0])
    ready.cache_clear()
    deploy.cache_clear()
    visitor.get(path_of(ONE_BLANK))
    item = item_of(ONE_BLANK)
    assert 0 < deploy.cache_info().misses <= len(list(item.assignments())) * len(item.scenarios)


def test_the_goals_that_were_reached_are_counted(visitor: Visitor) -> None:
    item = item_of(ONE_BLANK)
    for wrong in answers(ONE_BLANK, passing=False)[:2]:
        reply = visitor.answer(ONE_BLANK, wrong)
        goals = judge(item, curriculum().scenarios_of(item), wrong).goals
        assert f"{sum(goal.met for goal in goals)} of {len(goals)} goals reached" in plain(reply.text)
        assert reply.text.count('<li class="met">') == sum(goal.met for goal in goals)


def test_the_goals_of_code_that_was_refused_are_not_counted(visitor: Visitor) -> None:
    slug = "percent-not-text"
    item = item_of(slug)
    refused = next(
        answer
        for answer in answers(slug, passing=False)
        if judge(item, curriculum().scenarios_of(item), answer).refusal
    )
    assert "goals reached" not in plain(visitor.answer(slug, refused).text)


def test_the_learner_s_own_code_opens_in_the_lab_once_the_item_is_finished(visitor: Visitor) -> None:
    wrong = answers(ONE_BLANK, passing=False)
    for answer in wrong[:2]:
        assert "/lab/?p=" not in visitor.answer(ONE_BLANK, answer).text
    reply = visitor.answer(ONE_BLANK, wrong[2])
    links = re.findall(r'href="(/lab/\?p=([\w-]+))"', reply.text)
    item = item_of(ONE_BLANK)
    code = item.filled(wrong[2])
    assert [unpack(packed) for _, packed in links] == [
        {"scenario": f"canary-releases/{slug}", "seed": "0", "way": "script", "script": code} for slug in item.scenarios
    ]
    opened = visitor.get(links[0][0])
    assert opened.status == 200
    assert 'value="script"' in opened.text


def test_a_scenario_that_the_lab_does_not_have_is_not_linked_to() -> None:
    mine = made_ready(ONE_BLANK)
    elsewhere = replace(mine, topic_slug="elsewhere")
    shown = show_resolved(elsewhere, [answers(ONE_BLANK, passing=True)[0]])
    assert "Not luck" in plain(shown.html)
    assert "/lab/?p=" not in shown.html


def test_claims_about_runs_of_others_have_no_code_to_open() -> None:
    assert show_resolved(made_ready(CLAIMS), [answers(CLAIMS, passing=True)[0]]).deployed == []


# The page that explains it


def test_how_answers_are_judged_is_said_with_the_site_s_own_numbers(visitor: Visitor) -> None:
    with connection.execute_wrapper(_no_statements):
        reply = visitor.get("/how-answers-are-judged/")
    assert reply.status == 200
    assert not reply.set_cookies
    said = plain(reply.text)
    assert f"under {len(SEEDS)} seeds" in said
    assert f"A task has {TRIES['task']} tries, a question {TRIES['question']}." in said
    assert f"There are {HINTS} hints" in said
    assert 'id="luck"' in reply.text
    assert 0.95 ** len(SEEDS) < 0.05
    for item in curriculum().items.values():
        if item.room == "practice":
            assert (item.tries, len(item.hints)) == (TRIES[item.kind], HINTS)


def _no_statements(*_: object) -> None:
    raise AssertionError("a page about nobody asked the database")
