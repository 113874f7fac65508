"""The ten questions: every answer to each is deployed here, and ends as a release engineer would expect.

What passes is nowhere written down but in this file: the runs have to find it. A handful of seeds; `make proof` runs
all 59.
"""

import itertools

import pytest

from canarylearn.engine import Outcome, Phase
from canarylearn.items import Item, Judgement, judge
from canarylearn.items.judging import deploy
from canarylearn.items.spec import CHOICE, Contracts, Demonstration
from tests.topics import curriculum, deployed

SEEDS = (0, 1, 30, 58)
ALL = sorted((*curriculum().topic.tasks, *curriculum().topic.questions))

seeds = pytest.mark.parametrize("seed", SEEDS)


def run_in(judgement: Judgement, scenario: str) -> Outcome:
    outcome = judgement.runs[scenario].outcome
    assert outcome is not None, judgement.refusal
    return outcome


def refusal(judgement: Judgement) -> str:
    """Why nothing ran: the same in every scenario, before any user met v2."""
    assert not judgement.passed
    assert all(run.outcome is None for run in judgement.runs.values())
    assert judgement.refusal is not None
    return judgement.refusal.message


@pytest.mark.parametrize("slug", ALL)
@seeds
def test_exactly_one_answer_of_each_item_passes(slug: str, seed: int) -> None:
    files = curriculum()
    item = files.items[slug]
    judged = [judge(item, files.scenarios_of(item), answer, seed) for answer in item.assignments()]
    assert sum(judgement.passed for judgement in judged) == 1


def test_the_items_have_as_many_answers_as_they_should() -> None:
    counts = {slug: len(list(curriculum().items[slug].assignments())) for slug in ALL}
    assert counts == {**dict.fromkeys(ALL, 4), "split-the-traffic": 16, "release-function": 64}


# Task 1: deploy_model(version='v2', traffic_split=...)


@seeds
def test_ten_percent_is_enough_to_notice_a_bad_model_and_spares_most_users(seed: int) -> None:
    judgement = deployed(curriculum(), "first-users", seed, "10")
    assert judgement.passed
    bad, fine = run_in(judgement, "v2-fails"), run_in(judgement, "v2-is-fine")
    assert (bad.phase, fine.phase) == (Phase.ROLLED_BACK, Phase.PROMOTED)
    assert 0.08 < bad.measures["users_exposed_share"] < 0.12
    assert bad.measures["control_requests"] > 5 * bad.measures["requests_judged"]


@seeds
def test_all_traffic_exposes_everyone_and_leaves_no_control(seed: int) -> None:
    judgement = deployed(curriculum(), "first-users", seed, "100")
    assert not judgement.passed
    bad = run_in(judgement, "v2-fails")
    assert bad.phase is Phase.INCONCLUSIVE
    assert bad.measures["users_exposed_share"] == 1
    assert bad.measures["control_requests"] == 0
    assert bad.measures["users_harmed_share"] > 0.5


@seeds
def test_half_of_the_traffic_exposes_half_of_the_users(seed: int) -> None:
    judgement = deployed(curriculum(), "first-users", seed, "50")
    assert not judgement.passed
    bad = run_in(judgement, "v2-fails")
    assert bad.phase is Phase.ROLLED_BACK
    assert bad.measures["users_exposed_share"] == pytest.approx(0.5, abs=0.03)


@seeds
def test_no_traffic_gives_no_evidence_and_nothing_is_noticed(seed: int) -> None:
    judgement = deployed(curriculum(), "first-users", seed, "0")
    assert not judgement.passed
    for scenario in ("v2-fails", "v2-is-fine"):
        outcome = run_in(judgement, scenario)
        assert outcome.phase is Phase.INCONCLUSIVE
        assert outcome.measures["canary_requests"] == 0
        assert outcome.measures["time_to_notice"] == float("inf")


# Task 2: monitor_metric(model_version='v2', metric='latency', threshold=...)


@seeds
def test_half_a_second_catches_the_slow_model_and_leaves_the_quick_one_alone(seed: int) -> None:
    judgement = deployed(curriculum(), "latency-limit", seed, "0.5")
    assert judgement.passed
    slow, quick = run_in(judgement, "v2-is-slow"), run_in(judgement, "v2-is-as-quick")
    assert (slow.phase, quick.phase) == (Phase.ROLLED_BACK, Phase.PROMOTED)
    assert slow.measures["canary_p95"] > 0.5 > quick.measures["canary_p95"]


@seeds
@pytest.mark.parametrize("threshold", ["1.0", "5.0", "10.0"])
def test_each_larger_limit_lets_the_slow_model_through_with_the_users_who_waited(threshold: str, seed: int) -> None:
    judgement = deployed(curriculum(), "latency-limit", seed, threshold)
    assert not judgement.passed
    slow, quick = run_in(judgement, "v2-is-slow"), run_in(judgement, "v2-is-as-quick")
    assert slow.phase is quick.phase is Phase.PROMOTED
    assert slow.measures["users_waited"] > 1500
    assert slow.measures["users_harmed_share"] > 0.75


# Task 3: rollout_canary(model='v2', traffic=..., duration='1h')


@seeds
def test_a_plain_number_of_percent_ends_with_a_decision(seed: int) -> None:
    judgement = deployed(curriculum(), "percent-not-text", seed, "10")
    assert judgement.passed
    assert run_in(judgement, "v2-is-fine").measures["time_to_full"] <= 3600


def test_percent_as_text_is_told_what_is_expected() -> None:
    message = refusal(deployed(curriculum(), "percent-not-text", 0, "'10%'"))
    assert "traffic" in message
    assert "a number of percent is expected, and it got the text '10%'" in message


def test_a_word_without_quotes_is_an_unknown_name() -> None:
    assert "the name ten is not known" in refusal(deployed(curriculum(), "percent-not-text", 0, "ten"))


@seeds
def test_a_tenth_of_a_percent_leaves_the_hour_without_a_decision(seed: int) -> None:
    judgement = deployed(curriculum(), "percent-not-text", seed, "0.1")
    assert not judgement.passed
    for scenario in ("v2-is-fine", "v2-fails"):
        outcome = run_in(judgement, scenario)
        assert outcome.phase is Phase.INCONCLUSIVE
        # One in a thousand of 36,000 requests, by way of a few users of 2,000.
        assert outcome.measures["requests_judged"] < 120


def test_the_task_to_mend_shows_an_error_that_names_what_is_wrong() -> None:
    files = curriculum()
    item = files.items["percent-not-text"]
    refused = deploy(item.with_faulty_code, files.scenarios["v2-is-fine"], 0).refused
    assert refused is not None
    assert refused.line == 1
    assert "number of percent" in refused.message


# Task 4: traffic_split = {'stable': ..., 'canary': ...}


@seeds
def test_of_sixteen_splits_three_add_up_and_one_spares_the_users(seed: int) -> None:
    shares = ("90", "10", "50", "100")
    ran = []
    for stable, canary in itertools.product(shares, shares):
        judgement = deployed(curriculum(), "split-the-traffic", seed, stable, canary)
        total = int(stable) + int(canary)
        if total != 100:
            assert f"the shares add up to {total}, and as percent they have to add up to 100" in refusal(judgement)
            continue
        ran.append((stable, canary))
        exposed = run_in(judgement, "v2-fails").measures["users_exposed_share"]
        assert exposed == pytest.approx(int(canary) / 100, abs=0.03)
        assert judgement.passed == (canary == "10")
    assert ran == [("90", "10"), ("10", "90"), ("50", "50")]


def test_the_closing_brace_is_back() -> None:
    template = curriculum().items["split-the-traffic"].template
    assert template is not None
    assert template.splitlines()[0] == "traffic_split = {'stable': ⟦stable⟧, 'canary': ⟦canary⟧}"


# Task 5: def canary_release(version=..., traffic=..., duration=...)


@seeds
def test_of_64_fillings_two_are_well_typed_and_one_tests_the_new_model(seed: int) -> None:
    pool = ("'v2'", "10", "'1h'", "'v1'")
    ran = []
    for version, traffic, duration in itertools.product(pool, pool, pool):
        judgement = deployed(curriculum(), "release-function", seed, version, traffic, duration)
        if all(run.outcome for run in judgement.runs.values()):
            ran.append((version, traffic, duration))
            assert judgement.passed == (version == "'v2'")
            continue
        # The reader of the error learns the parameter, and what it takes.
        message = refusal(judgement)
        needed = {
            "model=": "'v1' and 'v2'" if version.startswith("'") else "the name of a version is text",
            "traffic=": "a number of percent",
            "duration=": "Write a number and a unit" if duration.startswith("'") else "a duration is text",
        }
        assert [words for parameter, words in needed.items() if parameter in message and words in message]
    assert sorted(ran) == [("'v1'", "10", "'1h'"), ("'v2'", "10", "'1h'")]


@seeds
def test_releasing_what_already_serves_tests_nothing(seed: int) -> None:
    judgement = deployed(curriculum(), "release-function", seed, "'v1'", "10", "'1h'")
    for scenario in ("v2-fails", "v2-is-fine"):
        assert run_in(judgement, scenario).measures["canary_requests"] == 0


def test_the_line_that_the_function_prints_is_kept() -> None:
    judgement = deployed(curriculum(), "release-function", 0, "'v2'", "10", "'1h'")
    assert judgement.runs["v2-fails"].output == ("Deploying v2 with 10% traffic for 1h.",)


# Question 1: the purpose of a canary release


@seeds
def test_a_canary_release_exposes_fewer_and_changes_neither_training_nor_the_model(seed: int) -> None:
    files = curriculum()
    judgement = judge(files.items["why-canary"], files.scenarios_of(files.items["why-canary"]), {CHOICE: 2}, seed)
    assert judgement.passed
    assert judgement.runs == {}
    canary, all_at_once = (judgement.others[name, "v2-fails"].outcome for name in ("canary", "all at once"))
    assert canary is not None
    assert all_at_once is not None
    assert all_at_once.measures["users_exposed_share"] == 1
    assert all_at_once.measures["users_harmed_share"] > 0.5
    assert canary.measures["users_exposed_share"] < 0.15
    assert canary.measures["users_harmed"] * 20 < all_at_once.measures["users_harmed"]
    for unchanged in ("training_hours", "model_size"):
        assert canary.measures[unchanged] == all_at_once.measures[unchanged]


@seeds
def test_only_the_claim_of_the_small_group_is_borne_out(seed: int) -> None:
    files = curriculum()
    item = files.items["why-canary"]
    held = [option.text for option in item.options_for(CHOICE) if deployed(files, item.id, seed, option.text).passed]
    assert held == ["To try the new model on a small group of users before everyone gets it"]


# Question 2: ten percent, in fractions

SPLITS = {
    "10/90": '`"traffic_split": {"new_model": 10, "old_model": 90}`',
    "0.1/0.9": '`"traffic_split": {"new_model": 0.1, "old_model": 0.9}`',
    "10%": '`"traffic_split": {"new_model": "10%", "old_model": "90%"}`',
    "1/9": '`"traffic_split": {"new_model": 1, "old_model": 9}`',
}


@seeds
def test_fractions_of_one_give_a_tenth(seed: int) -> None:
    judgement = deployed(curriculum(), "ten-percent-as-fraction", seed, SPLITS["0.1/0.9"])
    assert judgement.passed
    assert run_in(judgement, "v2-is-fine").measures["share_observed"] == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ("10/90", "the shares add up to 100, and as fractions they have to add up to 1"),
        ("1/9", "the shares add up to 10, and as fractions they have to add up to 1"),
        ("10%", "is the text '10%', and a number is expected"),
    ],
)
def test_other_ways_to_write_a_tenth_are_refused_by_this_contract(split: str, said: str) -> None:
    assert said in refusal(deployed(curriculum(), "ten-percent-as-fraction", 0, SPLITS[split]))


def test_the_prompt_states_the_contract() -> None:
    prompt = curriculum().items["ten-percent-as-fraction"].prompt
    assert "fractions of 1" in prompt
    assert "add up to 1" in prompt


def test_afterwards_the_same_four_are_run_under_three_contracts() -> None:
    """Vertex AI takes percent that add up to 100; SageMaker takes weights, whatever they add up to."""
    files = curriculum()
    item = files.items["ten-percent-as-fraction"]
    part = item.afterwards[0]
    assert isinstance(part, Contracts)
    given = {}
    for name, template in part.templates.items():
        for (split, text), answer in zip(SPLITS.items(), item.assignments(), strict=True):
            assert item.chosen(answer)[CHOICE].text == text
            outcome = deploy(item.filled(answer, template) or "", files.scenarios["v2-is-fine"], 0).outcome
            given[name, split] = outcome.trace[0].weight if outcome else None
    tenth = 1000
    assert {key for key, weight in given.items() if weight is not None} == {
        ("fractions of 1", "0.1/0.9"),
        ("percent", "10/90"),
        ("relative weights", "10/90"),
        ("relative weights", "0.1/0.9"),
        ("relative weights", "1/9"),
    }
    assert {weight for weight in given.values() if weight is not None} == {tenth}


# Question 3: what the routing code prints


@seeds
def test_the_routing_code_prints_the_new_model_and_then_the_old(seed: int) -> None:
    judgement = deployed(curriculum(), "who-is-routed", seed, "`new_model`, then `old_model`")
    assert judgement.passed
    assert judgement.runs["a-tenth-on-v2"].output == ("new_model", "old_model")


def test_afterwards_the_rule_is_held_against_four_populations() -> None:
    """A remainder takes all of the tens and none of the odd numbers; the sticky hash takes about a tenth of any."""
    files = curriculum()
    part = files.items["who-is-routed"].afterwards[0]
    assert isinstance(part, Demonstration)
    printed = deploy(part.script, files.scenarios["a-tenth-on-v2"], 0).output
    rows = {line[:16].strip(): [float(share.rstrip("%")) for share in line.split()[-2:]] for line in printed[1:]}
    assert {name: remainder for name, (remainder, _) in rows.items()} == {
        "1, 2, 3 ...": 10,
        "10, 20, 30 ...": 100,
        "1, 3, 5 ...": 0,
        "2, 4, 6 ...": 20,
    }
    for _, sticky in rows.values():
        assert 5 < sticky < 15


# Question 4: all traffic by mistake

CHANGES = ("Change the split", "Raise the share", "Restart", "Remove")


@seeds
def test_every_change_is_carried_out_and_only_the_split_mends_it(seed: int) -> None:
    files = curriculum()
    item = files.items["all-traffic-by-mistake"]
    found = {}
    for start, option in zip(CHANGES, item.options_for(CHOICE), strict=True):
        assert option.text.startswith(start)
        judgement = deployed(files, item.id, seed, option.text)
        measures = run_in(judgement, "all-traffic-on-v2").measures
        found[start] = (round(measures["share_observed"], 1), bool(measures["way_back"]), judgement.passed)
    assert found == {
        "Change the split": (0.1, True, True),
        "Raise the share": (0.5, True, False),
        "Restart": (1.0, True, False),
        "Remove": (1.0, False, False),
    }


def test_the_broken_split_stands_in_the_question() -> None:
    assert '{"new_model": 1, "old_model": 0}' in curriculum().items["all-traffic-by-mistake"].prompt


# Question 5: more accurate, slower

POLICIES = ("Give v2 to internal users", "Ignore the latency", "Raise v2 to 100 %", "Watch both")


@seeds
def test_only_watching_both_ends_well_in_both_worlds(seed: int) -> None:
    files = curriculum()
    item = files.items["faster-or-better"]
    ends = {}
    for start, option in zip(POLICIES, item.options_for(CHOICE), strict=True):
        assert option.text.startswith(start)
        judgement = deployed(files, item.id, seed, option.text)
        quick, slow = (run_in(judgement, f"better-and-{world}") for world in ("quick-enough", "too-slow"))
        ends[start] = (quick.phase, slow.phase)
        assert judgement.passed == (start == "Watch both")
    assert ends == {
        "Give v2 to internal users": (Phase.INCONCLUSIVE, Phase.INCONCLUSIVE),
        "Ignore the latency": (Phase.PROMOTED, Phase.PROMOTED),
        "Raise v2 to 100 %": (Phase.PROMOTED, Phase.PROMOTED),
        "Watch both": (Phase.PROMOTED, Phase.ROLLED_BACK),
    }


@seeds
def test_the_two_worlds_differ_in_latency_and_not_in_accuracy(seed: int) -> None:
    watched = next(
        option.text
        for option in curriculum().items["faster-or-better"].options_for(CHOICE)
        if option.text.startswith("Watch")
    )
    judgement = deployed(curriculum(), "faster-or-better", seed, watched)
    quick, slow = (run_in(judgement, f"better-and-{world}").measures for world in ("quick-enough", "too-slow"))
    assert quick["canary_p95"] < 0.5 < slow["canary_p95"]
    for world in (quick, slow):
        assert world["canary_accuracy"] > world["baseline_accuracy"] + 0.04


# All of them


def reversed_options(item: Item) -> Item:
    """The item with its options in the opposite order."""
    assert isinstance(item.options, tuple)
    return item.model_copy(update={"options": item.options[::-1]})


@pytest.mark.parametrize("slug", ALL)
def test_the_order_of_the_options_means_nothing(slug: str) -> None:
    files = curriculum()

    def verdicts(item: Item) -> dict[tuple[str, ...], bool]:
        return {
            tuple(option.text for option in item.chosen(answer).values()): judge(
                item, files.scenarios_of(item), answer
            ).passed
            for answer in item.assignments()
        }

    assert verdicts(reversed_options(files.items[slug])) == verdicts(files.items[slug])


def test_neither_length_nor_place_gives_the_answer_away() -> None:
    files = curriculum()
    places, longest = [], 0
    for slug in files.topic.questions:
        texts = [option.text for option in files.items[slug].options_for(CHOICE)]
        place = [deployed(files, slug, 0, text).passed for text in texts].index(True)
        places.append(place)
        longest += len(texts[place]) == max(map(len, texts))
    assert longest <= 2
    assert len(set(places)) >= 3


@pytest.mark.parametrize("slug", ALL)
def test_the_answer_is_not_among_the_hints(slug: str) -> None:
    """A hint may work a twin with other numbers, and holds no option of its own item as code."""
    item = curriculum().items[slug]
    texts = {option.text.strip("`") for blank in item.blanks for option in item.options_for(blank)}
    for hint in item.hints:
        words = set(hint.replace("`", " ").replace(",", " ").replace(";", " ").split())
        assert not texts & words
