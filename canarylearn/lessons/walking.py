"""Live runs made ready, and the predictions that open them frame by frame."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from canarylearn.engine import ENGINE_VERSION, Scenario
from canarylearn.items.reading import read_as
from canarylearn.items.walks import CHOICES, GATES, Walked, make_run, read_walks
from canarylearn.learning.content import topic_folders
from canarylearn.learning.models import Learner
from canarylearn.learning.modes import Glance
from canarylearn.lessons.models import Prediction

NOT_SURE = ""
"""The answer of whoever wanted to be shown."""

MOST = 10_000_000


class NoPrediction(ValueError):
    """What was sent is no prediction; the message says what is missing."""


class Kept(StrEnum):
    """What became of a prediction that was sent."""

    NEW = "new"
    SAME = "same"
    LOCKED = "locked"
    TOO_EARLY = "too early"


@dataclass(frozen=True, kw_only=True, eq=False)
class Live:
    """A run ready to be stepped through, with the digest of all that makes it."""

    topic: str
    walked: Walked
    digest: str

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return self.walked.walk.slug

    @property
    def mark(self) -> str:
        """What a form says of the run it is about. It tells nobody which run that is: only the site can make it."""
        return salted_hmac("canarylearn.lessons.run", self.digest, algorithm="sha256").hexdigest()[:16]

    def open_until(self, answers: list[str]) -> int:
        """The last frame that may be sent to somebody with these answers: the first gate without one, or the end."""
        gates = self.walked.gates
        return gates[len(answers)] if len(answers) < len(gates) else self.walked.last


@lru_cache(maxsize=16)
def live_runs(topic_slug: str) -> Mapping[str, Live]:
    """The live runs of a topic by their slugs, in order; none for a topic that has none."""
    folder = next((folder for folder in topic_folders() if folder.name == topic_slug), None)
    walks = read_walks(folder) if folder else None
    if folder is None or walks is None:
        return {}
    found = {}
    for walk in walks.runs:
        text = (folder / "scenarios" / f"{walk.scenario}.yaml").read_text(encoding="utf-8")
        facts = json.dumps([topic_slug, walk.model_dump(mode="json"), walks.plan, text, ENGINE_VERSION])
        found[walk.slug] = Live(
            topic=topic_slug,
            walked=make_run(walks, walk, read_as(Scenario, text)),
            digest=hashlib.sha256(facts.encode()).hexdigest(),
        )
    return found


def predictions(learner_key: UUID, topic_slug: str) -> dict[str, list[str]]:
    """What a learner predicted in each live run of a topic, gate by gate as far as they follow each other."""
    rows = kept_predictions(learner_key, topic_slug).order_by().values_list("run", "gate", "answer")
    return _by_run(topic_slug, {(run, gate): answer for run, gate, answer in rows})


def kept_predictions(learner_key: UUID, topic_slug: str) -> QuerySet[Prediction]:
    """What is kept of a learner's predictions in the live runs of a topic, as they are now."""
    digests = [live.digest for live in live_runs(topic_slug).values()]
    return Prediction.objects.filter(learner__key=learner_key, run__in=digests)


def _by_run(topic_slug: str, kept: Mapping[tuple[str, int], str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for slug, live in live_runs(topic_slug).items():
        answers: list[str] = []
        while (live.digest, len(answers)) in kept:
            answers.append(kept[live.digest, len(answers)])
        found[slug] = answers
    return found


def read_answer(live: Live, gate: int, given: str, *, unsure: bool) -> str:
    """A prediction as it is kept. Raises NoPrediction for anything that is none."""
    if unsure:
        return NOT_SURE
    asked, text = live.walked.walk.gates[gate].ask, given.strip()
    if asked in CHOICES:
        if text not in CHOICES[asked]:
            raise NoPrediction(_("Nothing was chosen. Choose what you expect, or let yourself be shown."))
        return text
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or int(text) > MOST:
        raise NoPrediction(_("Write a whole number, such as 12, or let yourself be shown."))
    return str(int(text))


def keep_prediction(learner_key: UUID, live: Live, gate: int, answer: str) -> Kept:
    """Keep a prediction before anything after its gate is sent. The first one stays, whatever comes later."""
    with transaction.atomic():
        Learner.objects.bulk_create([Learner(key=learner_key)], ignore_conflicts=True)
        learner = Learner.objects.values_list("pk", flat=True).get(key=learner_key)
        mine = Prediction.objects.filter(learner_id=learner, run=live.digest)
        before = dict(mine.order_by().values_list("gate", "answer"))
        if gate in before:
            return Kept.SAME if before[gate] == answer else Kept.LOCKED
        if any(earlier not in before for earlier in range(gate)):
            return Kept.TOO_EARLY
        row = Prediction(
            learner_id=learner,
            topic=live.topic,
            walk=live.slug,
            run=live.digest,
            gate=gate,
            asked=live.walked.walk.gates[gate].ask,
            answer=answer,
        )
        Prediction.objects.bulk_create([row], ignore_conflicts=True)
        # Somebody's other tab may have been quicker: what stands there now is what counts.
        stands = mine.values_list("answer", flat=True).get(gate=gate)
    return Kept.NEW if stands == answer else Kept.LOCKED


def say_state(glance: Glance) -> str:
    """Where a learner stands, for the list of modes: runs watched to the end, and predictions dared."""
    kept = {(one["run"], one["gate"]): one["answer"] for one in glance.kept["prediction"]}
    made = _by_run(glance.topic.slug, kept)
    gates = sum(len(answers) for answers in made.values())
    if not gates:
        return ""
    return _("%(watched)s of %(runs)s watched, %(dared)s of %(gates)s predicted") % {
        "watched": sum(len(answers) == GATES for answers in made.values()),
        "runs": len(made),
        "dared": sum(answer != NOT_SURE for answers in made.values() for answer in answers),
        "gates": gates,
    }
