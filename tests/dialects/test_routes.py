"""Which target is on trial, and which of several routes becomes the plan."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.dialects.manifest import Share
from canarylearn.dialects.routes import Notes, Route, canary_among, named_apart, read_routes
from canarylearn.dialects.shape import Node, Problems
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.engine.plan import Decides, Routing

TEXT = "".join(f"- {place}\n" for place in range(40))


def node(place: int = 0) -> Node:
    return Node(value=place, path=(place,), document=read_yaml(TEXT), problems=Problems())


def route(*parts: tuple[str, int], place: int = 0, narrow: bool = False, copies: tuple[str, ...] = ()) -> Route:
    total = sum(part for _, part in parts)
    shares = tuple(Share(target=name, share=Fraction(part, total)) for name, part in parts)
    copied = tuple((name, Fraction(1, 4)) for name in copies)
    return Route(node=node(place), shares=shares, narrow=narrow, copies=copied)


@pytest.mark.parametrize(
    ("names", "canary"),
    [
        (["model-canary", "model"], "model-canary"),
        (["model", "candidate"], "candidate"),
        (["GREEN", "blue"], "GREEN"),
        (["new", "old"], "new"),
        (["canary-a", "canary-b", "stable"], "canary-b"),
        (["reviews/v2", "reviews/v1"], "reviews/v2"),
        (["v10", "v9", "v2"], "v10"),
        (["model-v2", "model"], "model-v2"),
        (["a", "b", "c"], "c"),
        (["challenge", "primary"], "challenge"),
        (["b", "model-stable"], "b"),
        (["renewed", "newest"], "newest"),
        (["stable", "primary"], "primary"),
        (["only"], "only"),
    ],
)
def test_the_name_says_which_target_is_on_trial_or_else_the_last_one_is(names: list[str], canary: str) -> None:
    assert canary_among(names) == canary


@given(st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_one_of_the_targets_is_on_trial(names: list[str]) -> None:
    assert canary_among(names) in names


@given(st.lists(st.sampled_from(["a", "b", "a #2"]), max_size=8))
def test_names_that_come_again_get_a_number(names: list[str]) -> None:
    apart = named_apart([name for name in names if name != "a #2"])
    assert len(set(apart)) == len(apart)


def test_the_first_route_that_splits_is_the_plan_and_the_others_are_noted() -> None:
    routes = [route(("a", 1), place=0), route(("old", 3), ("new", 1), place=1), route(("x", 1), ("y", 1), place=2)]
    reading = read_routes(routes, Notes())
    assert reading.plan.steps[0].weight == 2500
    assert reading.plan.steps[0].hold is None
    assert (reading.plan.decides, reading.plan.routing) == (Decides.NOBODY, Routing.PER_REQUEST)
    assert [note.line for note in reading.notes if "not in the plan" in note.message] == [1, 3]


def test_only_so_many_routes_are_noted() -> None:
    reading = read_routes([route(("a", 1), place=place) for place in range(40)], Notes())
    assert sum("not in the plan, which" in note.message for note in reading.notes) == 20
    assert any("and 19 more" in note.message for note in reading.notes)


def test_copies_come_before_a_route_with_one_target_and_a_wide_one_before_a_narrow_one() -> None:
    copied = read_routes([route(("a", 1)), route(("b", 1), copies=("c",), place=1)], Notes())
    assert (copied.plan.steps[0].weight, copied.plan.steps[0].mirror) == (0, 2500)
    wide = read_routes([route(("canary", 1), narrow=True), route(("stable", 1), place=1)], Notes())
    assert wide.shares[0].target == "stable"


def test_the_plan_of_a_narrow_route_says_that_it_is_one() -> None:
    reading = read_routes([route(("old", 1), ("new", 1), narrow=True)], Notes())
    assert any("requests that match" in note.message for note in reading.notes)


@pytest.mark.parametrize(("name", "weight"), [("model-stable", 0), ("v1", 0), ("model", 10_000), ("canary", 10_000)])
def test_one_target_alone_is_new_unless_its_name_says_that_it_is_settled(name: str, weight: int) -> None:
    reading = read_routes([route((name, 1))], Notes())
    assert reading.plan.steps[0].weight == weight
    assert any("nothing to split" in note.message for note in reading.notes)


def test_copies_beside_a_live_split_are_noted_and_several_have_one_target_on_trial() -> None:
    live = read_routes([route(("old", 1), ("new", 1), copies=("c",))], Notes())
    assert live.plan.steps[0].mirror == 0
    assert any("copies for c" in note.message for note in live.notes)
    several = read_routes([route(("old", 1), copies=("canary", "shadow"))], Notes())
    assert several.plan.steps[0].mirror == 2500
    assert any("copies for shadow" in note.message for note in several.notes)


def test_a_canary_that_gets_everything_is_not_copied_to() -> None:
    reading = read_routes([route(("canary", 1), copies=("canary",))], Notes())
    assert (reading.plan.steps[0].weight, reading.plan.steps[0].mirror) == (10_000, 0)


def test_a_share_that_no_bucket_holds_is_rounded_with_a_note() -> None:
    thirds = read_routes([route(("old", 2), ("new", 1))], Notes())
    assert thirds.plan.steps[0].weight == 3333
    assert any("1/3" in note.message for note in thirds.notes)
    tiny = read_routes([route(("old", 999_999), ("new", 1))], Notes())
    assert tiny.plan.steps[0].weight == 0
    assert any("1/1000000" in note.message for note in tiny.notes)


def test_nobody_answers_without_a_target() -> None:
    reading = read_routes([Route(node=node(), shares=())], Notes())
    assert reading.shares == ()
    assert reading.plan.steps[0].weight == 0
