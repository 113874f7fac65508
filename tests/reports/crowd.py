"""A crowd of learners who answered, written straight into the tables: submitting thousands of answers takes minutes."""

import itertools
from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.contrib.auth.models import Group, User
from django.utils import timezone

from canarylearn.engine import ENGINE_VERSION
from canarylearn.learning.models import Attempt, Item, Learner, Slot, Version
from tests.people import Visitor, answers
from tests.topics import curriculum


def new_learners(count: int) -> list[Learner]:
    """So many guests."""
    before = Learner.objects.count()
    return Learner.objects.bulk_create([Learner(key=UUID(int=before + one + 1)) for one in range(count)])


def first_tries(learners: list[Learner], given: Mapping[str, list[Mapping[str, int]]], hints: int = 0) -> None:
    """Each learner's first try at each of these items, two days ago; answers are judged by deploying them."""
    versions = {one.item.slug: one for one in Version.objects.filter(item__slug__in=given).select_related("item")}
    slots = Slot.objects.bulk_create(
        [Slot(learner=learner, version=versions[slug], hints_opened=hints) for slug in given for learner in learners]
    )
    right = {slug: [dict(answer) for answer in answers(slug, passing=True)] for slug in given}
    picked = itertools.chain.from_iterable([(slug, answer) for answer in given[slug]] for slug in given)
    made = Attempt.objects.bulk_create(
        [
            Attempt(
                slot=slot,
                number=1,
                key=f"form-{slot.pk:020}",
                answer=dict(answer),
                passed=dict(answer) in right[slug],
                hints_opened=hints,
                engine=ENGINE_VERSION,
            )
            for slot, (slug, answer) in zip(slots, picked, strict=True)
        ]
    )
    Attempt.objects.filter(pk__in=[one.pk for one in made]).update(created=timezone.now() - timedelta(days=2))


def a_class(count: int = 60, seed: int = 3, slugs: Iterable[str] = ()) -> list[Learner]:
    """Learners of all abilities at these items (or at all of practice): the able ones answer what passes."""
    random = np.random.default_rng(seed)
    learners = new_learners(count)
    abilities = random.standard_normal(count)
    kept = Item.objects.filter(room="practice", slug__in=curriculum().items)  # others' tests may have published more
    names = list(slugs) or list(kept.values_list("slug", flat=True))
    given: dict[str, list[Mapping[str, int]]] = {}
    for slug in names:
        works, fails = answers(slug, passing=True), answers(slug, passing=False)[:3]
        given[slug] = [
            works[0] if random.random() < 1 / (1 + np.exp(-1.5 * ability)) else fails[int(random.integers(len(fails)))]
            for ability in abilities
        ]
    first_tries(learners, given)
    return learners


def copies(count: int) -> list[Version]:
    """So many more items, each a question of the curriculum under another name."""
    kept = list(Item.objects.filter(room="practice", kind="question").select_related("current", "topic"))
    versions = []
    for number in range(count):
        one = kept[number % len(kept)]
        assert one.current is not None
        slug = f"copy-{number}"
        spec = one.current.spec.replace(f"id: {one.slug}\n", f"id: {slug}\n", 1)
        made = Item.objects.create(
            topic=one.topic, slug=slug, kind=one.kind, room="practice", concept=one.concept, position=100 + number
        )
        facts = {name: getattr(one.current, name) for name in ("title", "level", "scenarios", "engine", "proof")}
        made.current = Version.objects.create(item=made, number=1, spec=spec, digest=f"{number:064}", **facts)
        made.save()
        versions.append(made.current)
    return versions


def instructor(name: str = "ines") -> Visitor:
    """Somebody who teaches, signed in."""
    user = User.objects.create_user(name, f"{name}@example.org")
    user.groups.add(Group.objects.get_or_create(name="instructor")[0])
    visitor = Visitor()
    visitor.client.force_login(user)
    return visitor
