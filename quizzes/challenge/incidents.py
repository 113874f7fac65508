"""One incident for one learner: whether it waits to be begun, how its clock stands, and the page about it."""

from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.items import Answer
from canarylearn.learning import rooms, visits
from canarylearn.learning.allowances import allowance
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import ClockSpeed, Learner, Place, Topic
from canarylearn.learning.pages import NUMBERS, ItemPage, Message
from canarylearn.learning.ready import Ready
from canarylearn.learning.selectors import Standing, standings
from canarylearn.learning.services import Submission
from canarylearn.learning.steps import steps
from quizzes.challenge import clocks
from quizzes.challenge.showing import speeds, view_clock
from quizzes.challenge.stands import stand_at

ROOM = rooms.Room(name="challenge", kind=None, place=Place.CHALLENGE, noun="incident")


class Visit(visits.Visit):
    """One request about one incident, at the moment it arrived."""

    def __init__(self, request: LearnerRequest, slug: str, now: datetime) -> None:
        super().__init__(request, ROOM, slug)
        self.now, self.slug = now, slug
        self.asked_for = request.GET.get(NUMBERS, "0")
        self.version_id = self.ready.version_id
        self.look()

    def look(self) -> None:
        """See where the learner stands now."""
        key = self.request.visitor.key
        self.known = standings(key, [one.version_id for one in self.listed])
        mine = clocks.clocks_of(key, [self.slug])
        self.stand = stand_at(key, self.version_id, self.known.get(self.version_id, Standing()), mine)
        self.ready = self.stand.ready

    @cached_property
    def speed(self) -> str:
        """How fast the learner's clocks run."""
        return speed_of(self.request.visitor.key)

    @property
    def runs(self) -> bool:
        """Whether a clock runs, so that hints are closed."""
        return bool(self.stand.clock and not self.stand.resolved and self.stand.clock.runs(self.now))

    def refuse(self) -> HttpResponse | None:
        """The answer to a form that cannot be taken: of an incident that was not begun, or of other numbers."""
        if self.stand.waits:
            text = _("This incident has not been started, so nothing was counted. It starts when you press Start.")
        elif self.asked_for != str(self.ready.variant):
            text = _("This page was about other numbers. No try was used: please look at it again.")
        else:
            return None
        return self.show(message=Message(text=text), status=HTTPStatus.CONFLICT)

    def submit(self, answer: Answer, key: str) -> Submission:
        """Judge an answer, and note by the clock of its arrival whether it was in time."""
        self.ready.judge(answer)  # the engine runs before the transaction, and is remembered within it
        running = self.stand.clock
        with transaction.atomic():
            submission = super().submit(answer, key)
            if running is not None:
                clocks.keep_time(
                    learner_key=self.request.visitor.key,
                    ready=self.ready,
                    running=running,
                    submission=submission,
                    now=self.now,
                )
        self.look()
        return submission

    def show(
        self,
        *,
        message: Message | None = None,
        chosen: dict[str, str] | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """The incident; nothing but its name and its time before it is begun."""
        if self.stand.waits:
            return self._show_start(message, status)
        return super().show(message=message, chosen=chosen, status=status)

    def _show_start(self, message: Message | None, status: HTTPStatus) -> HttpResponse:
        more = widened(self.request, self.ready.topic_slug)
        context = {
            **self._around(),
            "message": message,
            "speeds": speeds(self.speed, round((self.ready.item.seconds or 0) * more)),
            "start": self._start_facts(self.ready.variant),
            "item": {"title": self.ready.item.title, "level": self.ready.item.level, "total": len(self.listed)},
            "number": self._place + 1,
        }
        # A script that sent a form is answered with the whole page too: there is no fragment to put it into.
        response = render(self.request, "challenge/start.html", context, status=status)
        if self.request.htmx:
            response["HX-Retarget"], response["HX-Reselect"], response["HX-Reswap"] = "#main", "#main", "outerHTML"
        return response

    def _start_facts(self, variant: int) -> dict[str, object]:
        return {"url": reverse("challenge:start", args=[self.slug]), "variant": variant}

    @property
    def _place(self) -> int:
        return [one.slug for one in self.listed].index(self.slug)

    def _standing(self, at: Ready) -> Standing:
        # A form may have just opened a hint; a page that is only looked at was read already.
        return super()._standing(at) if self.request.method == "POST" else self.stand.standing

    def _around(self) -> dict[str, object]:
        """What stands around the item: its topic, the room, and the row of incidents."""
        topic = get_object_or_404(Topic, slug=self.listed[0].topic_slug)
        row = steps(self.request, ROOM, self.listed, self.slug, known=self.known)
        return {"topic": topic, "room": room_facts(topic), "steps": row}

    def _beside(self) -> dict[str, object]:
        """What an incident's page has beside what every item's has."""
        again = self.stand.again
        return {
            "clock": view_clock(self.stand, self.now, self.slug),
            "hints_closed": self.runs or bool(self.ready.variant),
            "runs": self.runs,
            "is_order": self.ready.item.kind == "order",
            "again": None if again is None else {**self._start_facts(again), "speed": self.speed},
        }

    def _page_context(self, page: ItemPage) -> dict[str, object]:
        return {**vars(page), **self._around(), **self._beside()}

    def _fragment_context(self, page: ItemPage, standing: Standing) -> dict[str, object]:
        row = steps(self.request, ROOM, self.listed, self.slug, known=self.known)
        facts = {"name": ROOM.name, "noun": ROOM.word, "url": ROOM.url()}
        return {**vars(page), "room": facts, "step": row[self._place], **self._beside()}


def room_facts(topic: Topic) -> dict[str, object]:
    """What pages say of the challenge of a topic."""
    return {**rooms.present(ROOM, topic), "url": reverse("challenge:index", args=[topic.slug])}


def widened(request: LearnerRequest, topic_slug: str) -> float:
    """By how much a learner's time is multiplied. Nobody gives a guest more: that takes an account."""
    return 1.0 if request.visitor.account is None else allowance(request.visitor.key, topic_slug)


def speed_of(learner_key: UUID) -> str:
    """How fast a learner's clocks run; as planned for somebody new."""
    return Learner.objects.filter(key=learner_key).values_list("clock", flat=True).first() or ClockSpeed.NORMAL
