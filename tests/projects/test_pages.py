"""The pages of a project: what a learner sees, sends and gets back."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from canarylearn.items.project.stages import STAGES
from canarylearn.projects.models import Draft, PassedStage
from canarylearn.projects.services import LONGEST
from tests.people import Visitor
from tests.projects.scripts import project, text_of
from tests.projects.writing import PROJECT, base_of, page_of, said, send, text_in

ROUTE = project().reference("route")


def test_the_topic_leads_to_the_project_and_the_project_to_its_stages(visitor: Visitor) -> None:
    assert f'href="{PROJECT}"' in visitor.get("/topics/canary-releases/").text
    page = visitor.get(PROJECT)
    assert page.status == 200
    assert "0 of 4 stages passed" in page.text
    for stage in STAGES:
        assert f'href="{page_of(stage)}"' in page.text
        assert visitor.get(page_of(stage)).status == 200


def test_nothing_is_written_by_looking(visitor: Visitor) -> None:
    for stage in STAGES:
        visitor.get(page_of(stage))
    assert not Draft.objects.exists()


def test_a_stage_begins_with_its_beginning_and_says_what_its_judging_does(visitor: Visitor) -> None:
    page = visitor.get(page_of("route"))
    assert text_in(page) == project().stages["route"].starter
    assert "within 4.4 points of 5" in page.text
    assert "{{" not in page.text


def test_a_saved_text_is_there_again(visitor: Visitor) -> None:
    page = send(visitor, "route", "save", "x = 1\n")
    assert page.status == 200
    assert "Saved." in said(page)
    assert text_in(visitor.get(page_of("route"))) == "x = 1\n"


def test_trying_out_shows_what_is_printed_and_what_the_function_says(visitor: Visitor) -> None:
    page = send(visitor, "route", "run", f"{ROUTE}\nprint('here', 1 + 1)\n", seed="5")
    assert "Tried out" in said(page)
    assert "here 2" in said(page)
    assert "route(user_id, percent) of ten users" in said(page)
    assert said(page).count("'v2'") >= 10
    assert "50 " in said(page)


def test_trying_a_release_out_shows_each_interval(visitor: Visitor) -> None:
    page = send(visitor, "release", "run", project().reference("release"), seed="7", case="failing")
    assert "release() gives 'rolled back' and leaves 0 % on v2, seed 7" in said(page)
    assert "from minute v2 gets v2 failed v1 failed" in said(page)


def test_what_stops_a_script_is_said_with_its_line(visitor: Visitor) -> None:
    page = send(visitor, "route", "run", "x = 1\nx = x / 0\n")
    assert "It stopped" in said(page)
    assert "this divides by zero" in said(page)
    assert re.search(r'class="line bad"><span class="at">2</span>', page.text)


def test_a_wrong_text_is_told_why_with_a_seed_that_shows_it_again(visitor: Visitor) -> None:
    wrong = text_of("route", "wrong", "share-of-tens")
    page = send(visitor, "route", "judge", wrong)
    assert "Not yet" in said(page)
    assert "users with ids that end in 0" in said(page)
    seed = re.search(r"Seed (\d+)", said(page))
    assert seed
    assert f"/run/?seed={seed[1]}&amp;" in page.text
    again = visitor.post(f"{page_of('route')}run/?seed={seed[1]}", {"text": wrong, "base": base_of(page)})
    assert f"{int(seed[1]) * 10} 'v" in said(again)
    assert not PassedStage.objects.exists()


def test_the_same_text_gets_the_same_verdict_and_another_learner_other_seeds(content: None) -> None:
    wrong = text_of("route", "wrong", "share-of-tens")
    one, other = Visitor(), Visitor()
    seeds = [re.search(r"Seed (\d+)", said(send(who, "route", "judge", wrong))) for who in (one, one, other)]
    first, again, anothers = [found[1] for found in seeds if found]
    assert first == again != anothers


def test_no_page_shows_a_hidden_seed_before_it_failed(visitor: Visitor) -> None:
    send(visitor, "route", "judge", ROUTE)
    kept = PassedStage.objects.get()
    for stage in STAGES:
        assert not any(str(seed) in visitor.get(page_of(stage)).text for seed in kept.seeds)


def test_a_passed_stage_is_kept_with_its_evidence_and_the_next_one_begins_with_it(visitor: Visitor) -> None:
    page = send(visitor, "route", "judge", ROUTE)
    assert "Passed" in said(page)
    assert said(page).count("under 2 seeds") == 6
    assert f'href="{page_of("measure")}"' in page.text
    kept = PassedStage.objects.get()
    assert (kept.stage, kept.text, len(kept.seeds), kept.engine != "", len(kept.digest)) == (
        "route",
        ROUTE,
        2,
        True,
        64,
    )
    assert text_in(visitor.get(page_of("measure"))).startswith(ROUTE.rstrip())
    assert "1 of 4 stages passed" in visitor.get(PROJECT).text
    assert "1 of 4 stages passed" in visitor.get("/topics/canary-releases/").text


def test_the_break_it_step_opens_after_the_last_stage_and_shows_what_breaks_it(visitor: Visitor) -> None:
    """In worlds of any learner's own: what breaks a release is no bad luck, so a sound one survives wherever it is."""
    assert 'id="break-it"' not in visitor.get(page_of("release")).text
    pooled = text_of("release", "right", "step-by-step")
    assert 'id="break-it"' in send(visitor, "release", "judge", pooled).text
    told = ""
    for _ in range(8):
        told = said(send(visitor, "release", "break", pooled))
        if "It broke" in told:
            break
    assert "counts against v2" in told
    assert "What was true: something both versions depend on fails" in told
    sound = project().reference("release")
    held = [said(send(visitor, "release", "break", sound)) for _ in range(2)]
    assert ["It held" in told for told in held] == [True, True]
    assert "survived 24 worlds" in held[1]


def test_hints_open_one_after_the_other_and_keep_the_text(visitor: Visitor) -> None:
    page = send(visitor, "route", "hints/1", "mine = 1\n")
    assert "What does every user have that never changes?" in page.text
    assert text_in(page) == "mine = 1\n"
    skipped = send(visitor, "route", "hints/3", "mine = 1\n")
    assert "lottery" not in skipped.text
    assert "lottery" in [send(visitor, "route", f"hints/{level}", "mine = 1\n") for level in (2, 3)][1].text
    assert send(visitor, "route", "hints/4", "mine = 1\n", base="1").status == 404


def test_a_text_that_is_too_long_is_refused_and_stays_in_the_editor(visitor: Visitor) -> None:
    long = "# " + "ä" * (LONGEST // 2)
    page = send(visitor, "route", "judge", long)
    assert page.status == 422
    assert "8,194 bytes" in said(page)
    assert text_in(page) == long
    assert not Draft.objects.filter(number__gt=0).exists()


@pytest.mark.parametrize("do", ["save", "run", "judge", "break", "other", "hints/1"])
def test_the_address_of_a_form_opened_by_get_is_refused_with_the_page(visitor: Visitor, do: str) -> None:
    page = visitor.get(f"{page_of('release')}{do}/")
    assert page.status == 405
    assert page.header("Allow") == "POST"
    assert "</html>" in page.text


@pytest.mark.parametrize("path", ["/project/nothing/", "/project/canary-releases/nothing/", f"{PROJECT}route/break/"])
def test_what_is_not_there_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.post(path, {"text": "", "base": "0"}).status in (404, 405)
    assert path.endswith("break/") or visitor.get(path).status == 404


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"base": "0"},
        {"text": "x = 1"},
        {"text": "x = 1", "base": "-1"},
        {"text": "x = 1", "base": "9" * 40},
        {"text": "x\0", "base": "0"},
        {"text": "x = 1", "base": "0", "seed": "9" * 50, "case": "nothing"},
        {"text": "x = 1", "base": "0", "seed": "-4", "case": "x" * 500},
        {"text": "<script>alert(1)</script>", "base": "0"},
        {"text": "</textarea><img src=x onerror=alert(1)>", "base": "0"},
    ],
)
def test_bad_input_is_answered_in_words(visitor: Visitor, fields: dict[str, str]) -> None:
    for do in ("save", "run", "judge"):
        page = visitor.post(f"{page_of('route')}{do}/", fields)
        assert page.status in (200, 409, 422), page.status
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_for_htmx_only_what_came_of_it_is_sent(visitor: Visitor) -> None:
    page = send(visitor, "route", "judge", "x = 1\n", htmx=True)
    assert page.is_fragment
    assert page.text.lstrip().startswith('<div id="came"')
    assert 'hx-swap-oob="true"' in page.text
    hint = send(visitor, "route", "hints/1", "x = 1\n", htmx=True)
    assert hint.header("HX-Retarget") == "#stage"


def test_a_form_without_its_token_is_refused(content: None) -> None:
    assert (
        Client(enforce_csrf_checks=True).post(f"{page_of('route')}save/", {"text": "", "base": "0"}).status_code == 403
    )


def test_a_page_asks_the_database_at_most_eight_times(visitor: Visitor) -> None:
    send(visitor, "route", "judge", ROUTE)
    for path in (PROJECT, page_of("route"), page_of("release")):
        visitor.get(path)  # what this process reads once, such as the questions below the project, is read
        with CaptureQueriesContext(connection) as queries:
            visitor.get(path)
        assert len(queries) <= 8, [query["sql"] for query in queries]
