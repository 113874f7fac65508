"""The bank of the test: every answer to each item is deployed here, and fails for the reason it should.

As in `test_content`, what passes is written down in this file alone, and the runs have to find it.
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

import pytest

from canarylearn.engine import Phase
from canarylearn.items import Item, Judgement, judge
from canarylearn.items.judging import shown_seed
from canarylearn.items.spec import CHOICE
from canarylearn.items.variants import vary
from canarylearn.learning.content import read_lock
from tests.topics import curriculum, deployed

SEEDS = (0, 58)
BANK = curriculum().topic.bank
QUESTIONS = [slug for slug in BANK if curriculum().items[slug].kind == "question"]

# Questions: what came of each option, in the order of the file.
OPTIONS = {
    "relative-weights": [
        "passes",
        "v2 gets 31 % to 36 % of the requests",
        "v2 gets at most 5 % of the requests",
        "v2 gets 18 % to 22 % of the requests",
    ],
    "share-of-few-pods": [
        "v2 gets at most 14 % of the requests",
        "v2 gets 31 % to 36 % of the requests",
        "passes",
        "v2 gets 23 % to 27 % of the requests",
    ],
    "share-of-users": [
        "At least 85 % of the users meet v2",
        "50 % to 70 % of the users meet v2",
        "20 % to 30 % of the users meet v2",
        "passes",
    ],
    "remainder-of-ids": ["It prints 10%", "passes", "It prints 100%", "It prints 20%"],
    "share-that-grows": [
        "At least 57 % of the users meet v2",
        "The users who meet v2 are 55 %",
        "passes",
        "At most 44 % of the users meet v2",
    ],
    "what-a-small-share-buys": [
        "With the small share v2 failed hardly more often than v1",
        "The small share was rolled back sooner",
        "The small share reached everyone sooner",
        "passes",
    ],
    "last-step-before-all": ["passes", *3 * ["A v2 with too few is rolled back"]],
    "an-hour-without-an-alarm": [
        "The canary got more than 300 requests",
        "passes",
        "v2 is promoted",
        "v2 is rolled back",
    ],
    "large-and-small-harm": [
        "Small harm is noticed within 30 minutes",
        "Large harm is not noticed",
        "Large harm is noticed in the last 10 minutes",
        "passes",
    ],
    "hidden-in-the-average": [
        "The bad v2 is rolled back",
        "passes",
        "The bad v2 is rolled back",
        "The good v2 is promoted",
    ],
    "side-by-side": [
        "Nobody blames v2 for what both suffer",
        "Nobody blames v2 for what both suffer",
        "passes",
        "Nobody blames v2 for what both suffer",
    ],
    "sixty-looks": ["passes", "An equal v2 is promoted", "An equal v2 is promoted", "A worse v2 is rolled back"],
    "a-pause-is-no-stop": [
        "v2 gets no requests",
        "passes",
        "v2 gets nearly all requests",
        "v2 gets about half of the share it had",
    ],
}

# Everything else: the answer that passes, and how many of the others fail for which reason.
ANSWERS: dict[str, tuple[tuple[str, ...], dict[str, int]]] = {
    "share-in-fractions": (
        ("0.75", "0.25"),
        {"wrong-sum": 14, "v2 gets the share of the requests that was asked for": 1},
    ),
    "one-share-three-units": (("5", "0.05", "1"), {"out-of-range": 9, "Over the hour v2 gets one request in 20": 17}),
    "is-the-split-honest": (
        ("(canary.requests + baseline.requests)", "0.30", "0.05"),
        {"An honest router lets the trial go on": 13, "A router that serves too much is stopped": 4},
    ),
    "share-and-time": (
        ("10", "'50m'"),
        {
            "A v2 that goes bad is rolled back": 10,
            "Hardly more than 10 % of the users meet it": 1,
            "wrong-value": 4,
        },
    ),
    "ramp-in-order": (
        ("step(5)", "step(25)", "step(60)", "promote()"),
        {
            "A v2 that fails at once meets at most 7 % of the users": 18,
            "One that falls over at a quarter meets at most 29 %": 4,
            "One that falls over beyond half is rolled back": 1,
        },
    ),
    "enough-in-time": (
        ("20", "'2h'"),
        {
            "A v2 that is fine is promoted": 10,
            "It is promoted within three hours": 2,
            "At most 25 % of the requests go to the untried v2": 3,
        },
    ),
    "wait-for-the-labels": (
        ("'120m'", "accuracy", "0.08"),
        {"A v2 that is wrong more often is rolled back": 13, "wrong-type": 4},
    ),
    "three-ways-to-end": (
        ("hold('20m')", "rollback()", "promote()"),
        {
            "With too few requests nothing is decided": 18,
            "A worse v2 is rolled back": 6,
            "A v2 that is as good is promoted": 2,
        },
    ),
    "is-the-traffic-back": (("canary.requests == 0", "0"), {"It prints False, then True": 15}),
    "keep-the-way-back": (
        ("set_weight(100)", "hold('20m')", "if canary.error_rate > 0.05:\n    rollback()", "remove_model('v1')"),
        {"impossible": 5, "not-measured": 12, "wrong-type": 6},
    ),
    "stop-for-good": (
        ("0.05", "rollback()", "promote()"),
        {
            "A v2 that begins to fail is rolled back": 11,
            "At most 35 % of the users meet it": 10,
            "A good v2 reaches everyone": 2,
        },
    ),
}


def came_of(judgement: Judgement) -> str:
    """What came of an answer: it passes, or the code of the error, or the first goal that was missed."""
    if judgement.refusal is not None:
        return judgement.refusal.code
    return "passes" if judgement.first_failed is None else judgement.first_failed.goal.name


def texts(item: Item, answer: dict[str, int]) -> tuple[str, ...]:
    return tuple(option.text for option in item.chosen(answer).values())


@lru_cache
def members() -> tuple[tuple[Item, list[bool]], ...]:
    """Each proven variant of each item, and which of its answers pass in the run that learners are shown."""
    files, proofs = curriculum(), read_lock()
    found = []
    for slug in BANK:
        for number in proofs[slug].variants:
            item, scenarios = vary(files.items[slug], files.scenarios_of(files.items[slug]), number)
            seed = shown_seed(item)
            found.append((item, [judge(item, scenarios, answer, seed).passed for answer in item.assignments()]))
    return tuple(found)


def questions() -> Iterator[tuple[Item, int]]:
    """Each variant of each question, and the place of the option that passes."""
    yield from ((item, passed.index(True)) for item, passed in members() if item.kind == "question")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("slug", QUESTIONS)
def test_each_option_of_a_question_ends_as_it_should(slug: str, seed: int) -> None:
    files = curriculum()
    item = files.items[slug]
    scenarios = files.scenarios_of(item)
    assert [came_of(judge(item, scenarios, answer, seed)) for answer in item.assignments()] == OPTIONS[slug]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("slug", ANSWERS)
def test_one_answer_passes_and_the_others_fail_for_their_reasons(slug: str, seed: int) -> None:
    files = curriculum()
    item = files.items[slug]
    judged = {texts(item, one): judge(item, files.scenarios_of(item), one, seed) for one in item.assignments()}
    passing, others = ANSWERS[slug]
    assert [answer for answer, judgement in judged.items() if judgement.passed] == [passing]
    assert Counter(map(came_of, judged.values())) == {**others, "passes": 1}


def test_every_item_of_the_bank_is_in_one_of_the_tables() -> None:
    assert sorted((*OPTIONS, *ANSWERS)) == sorted(BANK)


def test_one_answer_of_each_variant_passes_in_the_run_that_is_shown() -> None:
    assert len(members()) == 5 * len(BANK)
    assert {item.id for item, passed in members() if sum(passed) != 1} == set()


# What the texts say of the runs, where a goal does not say it already.


@pytest.mark.parametrize("seed", SEEDS)
def test_stopping_at_bad_looks_stops_an_equal_model_early(seed: int) -> None:
    for rule in ("Stop at the first look at which v2 fails more", "Stop when v2 fails more at two looks running"):
        equal = deployed(curriculum(), "sixty-looks", seed, rule).runs["equal-at-many-looks"].outcome
        assert equal is not None
        assert equal.phase is Phase.ROLLED_BACK
        assert equal.measures["time_to_notice"] < 3600


@pytest.mark.parametrize("seed", SEEDS)
def test_what_both_suffer_is_alike_in_both_arms(seed: int) -> None:
    judgement = deployed(curriculum(), "side-by-side", seed, "`canary.error_rate > baseline.error_rate + 0.1`")
    suffered, alone = (judgement.runs[name].outcome for name in ("both-lose-requests", "v2-alone-loses-requests"))
    assert suffered is not None
    assert alone is not None
    assert suffered.measures["canary_error_rate"] == pytest.approx(suffered.measures["baseline_error_rate"], abs=0.04)
    assert alone.measures["canary_error_rate"] > alone.measures["baseline_error_rate"] + 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_small_share_takes_as_long_and_harms_fewer(seed: int) -> None:
    files = curriculum()
    item = files.items["what-a-small-share-buys"]
    others = judge(item, files.scenarios_of(item), {CHOICE: 3}, seed).others
    half, small = (others[name, "fails-early"].outcome for name in ("half", "the small share"))
    assert half is not None
    assert small is not None
    assert small.measures["time_to_notice"] >= half.measures["time_to_notice"]
    assert small.measures["users_harmed"] < half.measures["users_harmed"]


def test_with_too_few_replicas_whoever_promotes_harms_most_users() -> None:
    files = curriculum()
    item = files.items["last-step-before-all"]
    for option in item.options_for(CHOICE)[1:]:
        outcome = deployed(files, item.id, 0, option.text).runs["too-few-replicas"].outcome
        assert outcome is not None
        assert outcome.measures["users_harmed_share"] > 0.5


# The bank as a whole.


def test_each_idea_has_items_of_each_level() -> None:
    files = curriculum()
    counts = Counter((files.items[slug].concept, files.items[slug].level) for slug in BANK)
    assert Counter(concept for concept, _level in counts.elements()) == dict.fromkeys(files.topic.concepts, 4)
    assert set(counts) == {(concept, level) for concept in files.topic.concepts for level in ("easy", "medium", "hard")}
    assert Counter(level for _concept, level in counts.elements()) == {"easy": 8, "medium": 9, "hard": 7}


def test_an_item_of_the_bank_has_one_try() -> None:
    assert {curriculum().items[slug].tries for slug in BANK} == {1}


def test_most_of_the_bank_is_hard_to_guess() -> None:
    floors = {slug: proof.guess_floor for slug, proof in read_lock().items() if slug in BANK}
    assert {floors[slug] for slug in QUESTIONS} == {0.25}
    assert max(floors[slug] for slug in ANSWERS) <= 1 / 16
    several = [slug for slug in ANSWERS if len(curriculum().items[slug].blanks) >= 2]
    assert len(several) >= 7
    assert sum(floors.values()) / len(BANK) < 0.17


def test_no_place_among_the_options_is_the_better_bet() -> None:
    authored = Counter(options.index("passes") for options in OPTIONS.values())
    shown = Counter(place for _item, place in questions())
    for counts in (authored, shown):
        assert set(counts) == {0, 1, 2, 3}
        assert max(counts.values()) <= 0.36 * counts.total()


def test_neither_the_longest_nor_the_shortest_option_is_the_better_bet() -> None:
    longest = shortest = 0
    for item, place in questions():
        lengths = [len(option.text) for option in item.options_for(CHOICE)]
        assert max(lengths) <= 2 * min(lengths), item.id
        longest += lengths[place] == max(lengths) and lengths.count(max(lengths)) == 1
        shortest += lengths[place] == min(lengths) and lengths.count(min(lengths)) == 1
    assert longest <= 0.25 * 5 * len(QUESTIONS)
    assert shortest <= 0.25 * 5 * len(QUESTIONS)


def test_prompts_are_short_and_no_two_variants_are_alike() -> None:
    for item, _passed in members():
        assert len(item.prompt.split()) <= 60, item.id
    shown = [item.model_dump_json(exclude={"parameters", "varies"}) for item, _passed in members()]
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("slug", BANK)
def test_no_option_is_among_the_hints_of_its_item(slug: str) -> None:
    item = curriculum().items[slug]
    options = {option.text.strip("`") for blank in item.blanks for option in item.options_for(blank)}
    for hint in item.hints:
        assert not options & set(hint.replace("`", " ").replace(",", " ").replace(";", " ").split())
