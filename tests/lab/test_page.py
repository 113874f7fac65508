"""The lab as people use it: every way of writing a plan, what is told of it, and what stands in its address."""

import re
from html import unescape

import pytest

from canarylearn.items import judge
from canarylearn.lab.beginning import MANIFEST_TO_BEGIN_WITH
from canarylearn.lab.forms import LONGEST_MANIFEST, LONGEST_SCRIPT
from canarylearn.lab.links import unpack
from canarylearn.learning.models import Attempt, Learner, Slot
from tests.lab.visiting import FAILS, FINE, LAB, SLOW, filled, opened, packed_in, plan_before, send
from tests.people import Reply, Visitor, answers, item_of, path_of
from tests.topics import curriculum

PRACTISED = (*curriculum().topic.tasks, *curriculum().topic.questions)

FLAGGER = """\
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: recommender}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: recommender}
  service: {port: 80}
  analysis:
    interval: 1m
    threshold: 2
    maxWeight: 50
    stepWeight: 2
    metrics:
      - name: request-success-rate
        thresholdRange: {min: 95}
        interval: 1m
"""


def words(reply: Reply) -> str:
    """What stands on the page, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", reply.text))).replace("\N{NO-BREAK SPACE}", " ")


def marked(reply: Reply) -> list[int]:
    """The lines of the text that are marked."""
    return [int(number) for number in re.findall(r'class="line (?:bad|noted)"><span class="at">(\d+)', reply.text)]


def figures(reply: Reply) -> dict[str, str]:
    """The figures of the run."""
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", reply.text))


# The page


def test_the_lab_is_in_the_menu_and_begins_with_something_telling(visitor: Visitor) -> None:
    page = visitor.get(LAB)
    assert page.status == 200
    assert '<a href="/lab/" aria-current="true">Lab</a>' in page.text
    assert "it fails 8 %" in words(page)
    assert f'value="{FAILS}" checked' in page.text
    for scenario in curriculum().scenarios.values():
        assert scenario.about in unescape(page.text)


def test_nothing_that_depends_on_the_learner_is_kept_by_a_cache(visitor: Visitor) -> None:
    for page in (visitor.get(LAB), send(visitor, filled()), visitor.post(LAB, {}), visitor.get(f"{LAB}?p=x")):
        assert page.header("Cache-Control") == "no-store"
        assert "Cookie" in page.header("Vary")


def test_nothing_is_stored(visitor: Visitor) -> None:
    send(visitor, filled())
    send(visitor, filled(way="script"))
    assert not Learner.objects.exists()
    assert not Slot.objects.exists()
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(visitor: Visitor, method: str) -> None:
    assert visitor.client.generic(method, LAB).status_code == 405


# By form


def test_a_form_leads_to_the_address_of_its_plan(visitor: Visitor) -> None:
    reply = visitor.post(LAB, filled())
    assert reply.status == 303
    kept = unpack(packed_in(reply.header("Location")))
    assert kept == {
        "scenario": FAILS,
        "seed": "0",
        "way": "form",
        "weight_1": "5",
        "hold_1": "10m",
        "weight_2": "20",
        "hold_2": "10m",
        "weight_3": "50",
        "hold_3": "10m",
        "decides": "judge",
        "routing": "sticky",
    }


def test_the_first_run_shows_something(visitor: Visitor) -> None:
    page = send(visitor, filled())
    assert page.status == 200
    assert "Rolled back" in words(page)
    assert "of users had met it" in words(page)
    assert "of canary requests failed" in words(page)
    assert {"Users who met it", "Users harmed", "Requests it failed", "Noticed after"} <= set(figures(page))
    assert page.text.count('<figure class="timeline">') == 1


def test_the_same_address_shows_the_same_run_to_anybody(visitor: Visitor) -> None:
    link = visitor.post(LAB, filled(seed="12")).header("Location")
    assert figures(visitor.get(link)) == figures(Visitor().get(link)) != figures(send(visitor, filled(seed="13")))


def test_the_form_comes_back_as_it_was_filled_in(visitor: Visitor) -> None:
    page = send(visitor, filled(weight_1="0.5 %", hold_1="90s", weight_8="75", hold_8="1h", seed="41", scenario=FINE))
    for name, value in {"weight_1": "0.5 %", "hold_1": "90s", "weight_8": "75", "seed": "41"}.items():
        assert re.search(rf'name="{name}" value="{re.escape(value)}"', page.text), name
    assert f'value="{FINE}" checked' in page.text
    assert '<details class="more" open>' in page.text
    # What the choices put away holds what it held at the beginning.
    assert re.search(r'name="value_1" value="5%"', page.text)
    assert "kind: Rollout" in page.text


def test_a_good_model_is_promoted_and_a_slow_one_is_not(visitor: Visitor) -> None:
    assert "Promoted" in words(send(visitor, filled(scenario=FINE, hold_3="30m")))
    assert "too slow" in words(send(visitor, filled(scenario=SLOW)))


def test_checks_decide_when_they_are_asked_to(visitor: Visitor) -> None:
    strict = filled(decides="checks", metric_1="error_rate", value_1="5%")
    page = send(visitor, strict)
    assert "the limit is 5 %" in words(page)
    assert "limit 5 %" in words(page)
    lenient = send(visitor, {**strict, "value_1": "50"})
    assert "Promoted" in words(lenient)
    borne = send(visitor, {**strict, "failures_1": "1000"})
    assert "Promoted" in words(borne)


def test_checks_on_what_is_the_other_way_round(visitor: Visitor) -> None:
    page = send(visitor, filled(decides="checks", metric_1="success_rate", sense_1="at_least", value_1="95"))
    assert "Rolled back" in words(page)
    page = send(visitor, filled(decides="checks", metric_1="p95", value_1="100ms"))
    assert "the limit is 0.10 s" in words(page)


def test_failed_checks_are_counted_up_to_the_threshold(visitor: Visitor) -> None:
    asked = filled(decides="failed-checks", metric_1="error_rate", value_1="4%", threshold="3", hold_1="20m")
    page = send(visitor, asked)
    assert "3 checks failed" in words(page)
    assert "failed check 2 of 3" in words(page)


def test_nobody_decides_when_it_only_routes(visitor: Visitor) -> None:
    page = send(visitor, filled(decides="nobody"))
    assert "No decision" in words(page)
    assert "the split stays as it is until a person or a pipeline changes it" in words(page)


def test_pods_give_what_whole_pods_can(visitor: Visitor) -> None:
    page = send(visitor, filled(routing="pods", replicas="4", decides="nobody", weight_1="5", hold_1="30m"))
    assert "(5 % was asked for)" in words(page)
    by_request = send(visitor, filled(routing="per-request", decides="nobody"))
    by_user = send(visitor, filled(decides="nobody"))
    assert figures(by_request)["Users who met it"] == "100\N{NO-BREAK SPACE}%"
    assert figures(by_user)["Users who met it"].startswith("50")


WRONG_FIELDS = {
    "a weight in words": ({"weight_1": "ten"}, "weight_1", "'ten' is no number of percent"),
    "a weight above all": ({"weight_2": "101"}, "weight_2", "from 0 to 100"),
    "a weight below nothing": ({"weight_2": "-5"}, "weight_2", "from 0 to 100"),
    "not a number": ({"weight_1": "nan"}, "weight_1", "no number of percent"),
    "infinity": ({"weight_1": "inf"}, "weight_1", "no number of percent"),
    "a huge exponent": ({"weight_1": "1e999"}, "weight_1", "no number of percent"),
    "digits of another script": ({"weight_1": "١٠"}, "weight_1", "no number of percent"),
    "a hold without a unit": ({"hold_1": "10"}, "hold_1", "is not a duration"),
    "a hold of nothing": ({"hold_1": "0m"}, "hold_1", "lasts no time at all"),
    "a long hold": ({"hold_1": "9" * 30}, "hold_1", "at most 20 characters"),
    "a null byte": ({"hold_1": "10m\0"}, "hold_1", "Null characters"),
    "half a step": ({"hold_3": ""}, "hold_3", "Step 3 needs both"),
    "the other half": ({"weight_3": ""}, "weight_3", "Step 3 needs both"),
    "no step": ({f"{name}_{n}": "" for n in (1, 2, 3) for name in ("weight", "hold")}, "weight_1", "needs a step"),
    "a check without a limit": ({"decides": "checks", "value_1": ""}, "value_1", "no number of percent"),
    "a limit in another unit": ({"decides": "checks", "metric_1": "p95", "value_1": "5%"}, "value_1", "not a duration"),
    "a limit that is no count": (
        {"decides": "checks", "metric_1": "requests", "value_1": "1e3"},
        "value_1",
        "no number of requests",
    ),
    "a metric that is none": ({"decides": "checks", "metric_1": "mood"}, "metric_1", "not one of the available"),
    "many failures": ({"decides": "checks", "failures_1": "1001"}, "failures_1", "less than or equal to 1000"),
    "no failures to bear": ({"decides": "checks", "failures_1": "NaN"}, "failures_1", "whole number"),
    "a threshold of nothing": ({"decides": "failed-checks", "threshold": "0"}, "threshold", "greater than or equal"),
    "too many looks": ({"decides": "failed-checks", "interval": "1ms"}, "interval", "more than 2,000 looks"),
    "pods without number": ({"routing": "pods", "replicas": "1e9"}, "replicas", "whole number"),
    "a seed below nothing": ({"seed": "-1"}, "seed", "greater than or equal to 0"),
    "a seed of many digits": ({"seed": "9" * 5000}, "seed", ""),
    "no scenario": ({"scenario": ""}, "scenario", "Choose a scenario"),
    "an unknown scenario": ({"scenario": "../../etc/passwd"}, "scenario", "not one of the available"),
    "no way": ({"way": "telepathy"}, "way", "not one of the available"),
    "an unknown router": ({"routing": "luck"}, "routing", "not one of the available"),
    "an empty manifest": ({"way": "manifest", "manifest": " \n"}, "manifest", "Nothing stands here yet"),
    "a long manifest": ({"way": "manifest", "manifest": "é" * LONGEST_MANIFEST}, "manifest", "131,072 bytes"),
    "an empty script": ({"way": "script", "script": ""}, "script", "Nothing stands here yet"),
    "a long script": ({"way": "script", "script": "x" * (LONGEST_SCRIPT + 1)}, "script", "8,193 bytes"),
    "a script with a null byte": ({"way": "script", "script": "x = '\0'"}, "script", "Null characters"),
    "a wait of nothing": ({"way": "manifest", "approve": "soon"}, "approve", "is not a duration"),
}


@pytest.mark.parametrize(("changes", "field", "said"), WRONG_FIELDS.values(), ids=WRONG_FIELDS.keys())
def test_what_is_wrong_is_told_beside_its_field(
    visitor: Visitor, changes: dict[str, str], field: str, said: str
) -> None:
    page = send(visitor, filled(**changes))
    assert page.status == 422
    assert said in words(page)
    assert "Nothing was run" in words(page)
    assert re.search(rf'<a href="#id_{field}(_0)?">', page.text)
    assert re.search(rf'id="id_{field}(_0|_error)?"', page.text)
    assert '<figure class="timeline">' not in page.text


def test_what_a_choice_puts_away_is_nobodys_business(visitor: Visitor) -> None:
    hidden = {
        "value_1": "zz",
        "threshold": "-1",
        "interval": "soon",
        "replicas": "many",
        "manifest": "\0",
        "script": "",
    }
    page = send(visitor, filled(**hidden))
    assert page.status == 200
    assert figures(page) == figures(send(visitor, filled()))


def test_a_plan_that_is_too_large_says_so(visitor: Visitor) -> None:
    page = send(visitor, filled(hold_1="9999h"))
    assert page.status == 200
    assert "too large for this scenario" in words(page)
    assert "a run may have 5,000,000" in words(page)


# Typed


def test_a_manifest_is_recognised_run_and_remarked_on(visitor: Visitor) -> None:
    page = send(visitor, filled(way="manifest"))
    assert "Read as Argo Rollouts" in words(page)
    assert "nothing can stop this release" in words(page)
    assert "20 % for 10 min" in words(page)
    assert marked(page) == [18]
    assert "badly served" in words(page)


def test_another_tool_is_recognised_too(visitor: Visitor) -> None:
    page = send(visitor, filled(way="manifest", manifest=FLAGGER))
    assert "Read as Flagger" in words(page)
    assert "Rolled back" in words(page)


def test_each_error_of_a_manifest_is_located_and_its_line_marked(visitor: Visitor) -> None:
    text = MANIFEST_TO_BEGIN_WITH.replace("setWeight: 20", "setWeight: 20%").replace(
        "duration: 10m", "duration: soon", 1
    )
    page = send(visitor, filled(way="manifest", manifest=text))
    assert page.status == 200
    assert "Nothing was released: 2 things have to be mended" in words(page)
    assert "Line 18. spec.strategy.canary.steps[0].setWeight" in words(page)
    assert marked(page) == [18, 19]


def test_a_long_manifest_is_shown_where_it_is_wrong(visitor: Visitor) -> None:
    comments = "# a line that says nothing\n" * 500
    page = send(visitor, filled(way="manifest", manifest=comments + "kind: [\n"))
    assert len(re.findall(r'class="at"', page.text)) < 10
    assert "497 more lines" in words(page)


@pytest.mark.parametrize("text", ["a: 1", "just words", "- 1\n- 2", "kind: Rollout\n"])
def test_a_manifest_of_no_tool_is_told_which_tools_are_known(visitor: Visitor, text: str) -> None:
    page = send(visitor, filled(way="manifest", manifest=text))
    assert "Known are Argo Rollouts, Flagger, KServe" in words(page)
    assert "--dialect" not in page.text


def test_a_metric_of_its_own_is_asked_about_and_then_used(visitor: Visitor) -> None:
    template = """\
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: mood}
spec:
  metrics:
    - name: mood
      interval: 2m
      failureLimit: 0
      successCondition: result[0] <= 0.03
      provider: {prometheus: {address: "http://prometheus.example", query: "mood_of(model)"}}
---
"""
    steps = "        - setWeight: 20\n"
    analysis = "      analysis:\n        templates: [{templateName: mood}]\n"
    manifest = template + MANIFEST_TO_BEGIN_WITH.replace("      steps:\n" + steps, analysis + "      steps:\n" + steps)
    asked = send(visitor, filled(way="manifest", manifest=manifest))
    assert "Say what is measured" in words(asked)
    assert '<input type="hidden" name="named_1" value="mood" form="plan">' in asked.text
    run = send(visitor, filled(way="manifest", manifest=manifest, named_1="mood", measures_1="error_rate"))
    assert "Rolled back" in words(run)
    assert '<option value="error_rate" selected>' in run.text


def test_a_person_approves_where_the_plan_waits(visitor: Visitor) -> None:
    manifest = MANIFEST_TO_BEGIN_WITH.replace("pause: {duration: 10m}", "pause: {}", 1)
    waiting = send(visitor, filled(way="manifest", manifest=manifest))
    assert "waits for a person" in words(waiting)
    assert "No decision" in words(waiting)
    assert "Promoted" in words(send(visitor, filled(way="manifest", manifest=manifest, approve="5m")))


def test_a_script_is_run_and_what_it_prints_is_shown(visitor: Visitor) -> None:
    page = send(visitor, filled(way="script"))
    assert "20%: 8.3% fail on v2, 1.6% on v1" in words(page)
    assert "Rolled back" in words(page)


@pytest.mark.parametrize(
    ("script", "line", "said"),
    [
        ("set_weight(10)\nfoo()", 2, "the name foo is not known here"),
        ("set_weight(10)\n\nset_weight('10%')\n", 3, "Write 10 without quotes"),
        ("import os", 1, "import"),
    ],
)
def test_an_error_of_a_script_is_located_and_its_line_marked(
    visitor: Visitor, script: str, line: int, said: str
) -> None:
    page = send(visitor, filled(way="script", script=script))
    assert f"Line {line}." in words(page)
    assert said in words(page)
    assert marked(page) == [line]


def test_line_ends_of_every_system_count_as_one(visitor: Visitor) -> None:
    for end in ("\n", "\r\n", "\r"):
        page = send(visitor, filled(way="script", script=f"set_weight(1){end}{end}foo()"))
        assert marked(page) == [3]


def test_what_was_typed_is_text_on_the_page_and_nothing_else(visitor: Visitor) -> None:
    evil = "</textarea><script>alert(1)</script>'\"&<b>"
    for way in ("script", "manifest"):
        page = send(visitor, filled(way=way, **{way: evil}))
        assert "<script>alert" not in page.text
        assert "</textarea><script" not in page.text
        assert "<b>&" not in page.text


def test_a_plan_too_long_for_an_address_is_run_all_the_same(visitor: Visitor) -> None:
    noise = "\n".join(f"# {number * 7919 % 100003:x} {number * 104729 % 1000003:x}" for number in range(2500))
    reply = visitor.post(LAB, filled(way="manifest", manifest=f"{noise}\n{FLAGGER}"))
    assert reply.status == 200
    assert "Read as Flagger" in words(reply)
    assert "too long to be shared by its address" in words(reply)


# Beside the run before


def test_the_run_before_is_shown_beside_the_new_one(visitor: Visitor) -> None:
    first = send(visitor, filled())
    before = plan_before(first)
    page = send(visitor, filled(weight_1="50", before=before))
    assert page.text.count('<figure class="timeline">') == 2
    rows = re.findall(r'<th scope="row">([^<]+)</th><td[^>]*>([^<]+)</td><td[^>]*>([^<]+)</td></tr>', page.text)
    assert {label: value for label, _, value in rows if label in figures(first)} == figures(first)
    assert {label: now for label, now, _ in rows}["Users who met it"] != figures(first)["Users who met it"]


def test_plans_that_are_compared_meet_the_same_users_even_when_one_takes_longer(visitor: Visitor) -> None:
    first = send(visitor, filled(decides="nobody", routing="per-request"))
    longer = send(
        visitor,
        filled(decides="nobody", routing="per-request", hold_3="3h", before=plan_before(first)),
    )
    # Both stay at 50 % to the same end, so everything v1 answered late in the day is the same to the last digit.
    tables = re.findall(r"<tbody>(.*?)</tbody>", longer.text, re.DOTALL)[-2:]
    last = [re.findall(r"<td>([^<]*)</td>", table)[-4:] for table in tables]
    assert last[0] == last[1]


def test_the_plan_before_is_deployed_where_the_new_one_is(visitor: Visitor) -> None:
    before = plan_before(send(visitor, filled(scenario=FINE)))
    page = send(visitor, filled(weight_1="6", before=before))
    assert page.text.count('<figure class="timeline">') == 2
    assert "The plan before, on the same users and with the same luck: rolled back" in words(page)


@pytest.mark.parametrize("before", ["", "x", "A" * 50_000])
def test_without_a_plan_before_that_can_be_read_there_is_none(visitor: Visitor, before: str) -> None:
    page = send(visitor, filled(before=before))
    assert page.status == 200
    assert page.text.count('<figure class="timeline">') == 1


def test_what_was_refused_is_nothing_to_compare_with(visitor: Visitor) -> None:
    good = plan_before(send(visitor, filled()))
    refused = send(visitor, filled(way="script", script="foo()", before=good))
    assert plan_before(refused) == good
    assert send(visitor, filled(before=good)).text.count('<figure class="timeline">') == 1


# With htmx


def test_htmx_gets_the_run_alone_and_the_address(visitor: Visitor) -> None:
    page = send(visitor, filled(), htmx=True)
    assert page.is_fragment
    assert 'id="plan"' not in page.text
    assert page.header("HX-Push-Url").startswith("/lab/?p=")


def test_htmx_gets_the_form_too_when_it_has_something_to_say(visitor: Visitor) -> None:
    page = send(visitor, filled(weight_1="x"), htmx=True)
    assert page.status == 422
    assert page.is_fragment
    assert page.header("HX-Retarget") == "#lab"
    assert 'id="plan"' in page.text


def test_a_page_restored_from_the_history_is_whole(visitor: Visitor) -> None:
    link = visitor.post(LAB, filled()).header("Location")
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in visitor.client.get(link, headers=headers).content.decode()


# Closed


def item_scenarios(slug: str) -> list[str]:
    """The names of an item's scenarios in the lab."""
    return [f"{curriculum().topic.slug}/{scenario}" for scenario in item_of(slug).scenarios]


def is_closed(page: Reply, scenario: str) -> bool:
    """Whether a scenario cannot be chosen on a page."""
    return bool(re.search(rf'value="{scenario}"(?: checked)? disabled', page.text))


ITEM = "latency-limit"


def test_the_scenarios_of_an_item_that_was_begun_are_closed_until_it_is_resolved(visitor: Visitor) -> None:
    name = item_scenarios(ITEM)[0]
    assert not is_closed(visitor.get(LAB), name)
    visitor.answer(ITEM, answers(ITEM, passing=False)[0])
    page = visitor.get(LAB)
    assert all(is_closed(page, scenario) for scenario in item_scenarios(ITEM))
    assert f'<a href="{path_of(ITEM)}">{item_of(ITEM).title}</a>' in page.text
    assert not is_closed(Visitor().get(LAB), name)
    visitor.answer(ITEM, answers(ITEM, passing=True)[0])
    assert not is_closed(visitor.get(LAB), name)


def test_a_hint_begins_an_item_and_the_last_try_ends_it(visitor: Visitor) -> None:
    name = item_scenarios(ITEM)[0]
    visitor.post(f"{path_of(ITEM)}hints/1/", visitor.form(ITEM))
    assert is_closed(visitor.get(LAB), name)
    for answer in answers(ITEM, passing=False)[: item_of(ITEM).tries]:
        visitor.answer(ITEM, answer)
    assert visitor.tries_left(ITEM) == 0
    assert not is_closed(visitor.get(LAB), name)


def test_a_scenario_that_is_closed_is_not_run_by_form_nor_by_address(visitor: Visitor) -> None:
    name = item_scenarios(ITEM)[0]
    link = visitor.post(LAB, filled(scenario=name)).header("Location")
    visitor.answer(ITEM, answers(ITEM, passing=False)[0])
    for page in (visitor.get(link), opened(visitor, scenario=name, way="script", script="foo()")):
        assert page.status == 403
        assert "This scenario is closed for now" in words(page)
        assert path_of(ITEM) in page.text
        assert '<figure class="timeline">' not in page.text
        assert page.header("Cache-Control") == "no-store"
    sent = visitor.post(LAB, filled(scenario=name))
    assert sent.status == 422
    assert f"closed while you are at “{item_of(ITEM).title}”" in words(sent)
    assert Visitor().get(link).status == 200


def test_the_page_begins_with_a_scenario_that_is_open(visitor: Visitor) -> None:
    slugs = [slug for slug in PRACTISED if "v2-fails" in item_of(slug).scenarios]
    visitor.answer(slugs[0], answers(slugs[0], passing=False)[0])
    page = visitor.get(LAB)
    assert is_closed(page, FAILS)
    assert len(re.findall(r'type="radio" name="scenario" value="[^"]+" checked>', page.text)) == 1


def test_a_learner_who_has_begun_everything_is_still_told_something(visitor: Visitor) -> None:
    for slug in PRACTISED:
        visitor.answer(slug, answers(slug, passing=False)[0])
    page = visitor.get(LAB)
    assert page.status == 200
    begun = {name for slug in PRACTISED for name in item_scenarios(slug)}
    assert all(is_closed(page, name) for name in begun)


def test_a_script_says_in_the_lab_what_it_says_in_its_item(visitor: Visitor) -> None:
    """The lab and the items are one engine: the same script in the same scenario has the same numbers."""
    item = item_of(ITEM)
    judgement = judge(item, curriculum().scenarios_of(item), answers(ITEM, passing=True)[0])
    for slug, run in judgement.runs.items():
        assert run.outcome is not None
        page = send(visitor, filled(way="script", script=judgement.code or "", scenario=f"canary-releases/{slug}"))
        assert figures(page)["Users harmed"] == f"{run.outcome.measures['users_harmed']:,.0f}"
