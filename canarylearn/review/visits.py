"""One request about a learner's reviews: what it is about, and how it is answered."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Page, Topic
from canarylearn.learning.modes import Mode, modes_of, onward
from canarylearn.learning.pages import Message
from canarylearn.learning.reading import pages_of
from canarylearn.learning.ready import Ready
from canarylearn.learning.selectors import topic_spec
from canarylearn.review.forms import WishForm
from canarylearn.review.pages import asked_with, concept_title, say_back, show_card, show_item
from canarylearn.review.scheduling import Grade, Memory
from canarylearn.review.selectors import Thing, desk
from canarylearn.review.services import Counted, Sitting, sitting_of

ROOM = "review"

_OTHER_WAYS = ("visualise", "deep-dive", "introduction", "lab")
"""Where to send somebody whom a card keeps escaping: the first of these that the topic has."""


class Visit:
    """One request, in one topic (`scope`) or in all, about one card or about whatever is due.

    Raises Http404 for a topic without reviews, and for a card that is not there for this learner.
    """

    def __init__(self, request: LearnerRequest, scope: str, card: str = "") -> None:
        self.request, self.scope, self.now = request, scope, timezone.now()
        self.desk = desk(request.visitor.key, self.now, scope)
        self.topics = [one for one in self.desk.topics if ROOM in topic_spec(one.spec).rooms]
        if not self.topics:
            raise Http404("There is nothing to review.")
        self._read: dict[str, list[Page]] = {}
        self._thing = self.desk.things.get(card)
        if card and self._thing is None:
            raise Http404("There is no such card.")

    @property
    def thing(self) -> Thing:
        """The card that the request is about."""
        assert self._thing is not None
        return self._thing

    @property
    def memory(self) -> Memory:
        """How well that card is known."""
        return self.desk.memory(self.thing)

    @property
    def url(self) -> str:
        """Where what is due is shown."""
        return reverse("review:topic", args=[self.scope]) if self.scope else reverse("review:index")

    def refuse(self) -> HttpResponse:
        """The page for somebody who came to the address of a form without sending it, as a reload can do."""
        response = self.show(status=HTTPStatus.METHOD_NOT_ALLOWED)
        response["Allow"] = "POST"
        return response

    def show(
        self,
        *,
        message: Message | None = None,
        status: HTTPStatus = HTTPStatus.OK,
        wish: WishForm | None = None,
        slipped: Thing | None = None,
    ) -> HttpResponse:
        """The first card that is due, or that nothing is."""
        due = self.desk.queue(self.scope)
        facts: dict[str, Any] = {"left": len(due), "wish": wish, "slipped": self._slip(slipped)}
        if not due:
            return self._respond({**facts, **self._nothing(), "message": message}, status)
        first = due[0]
        memory = self.desk.memory(first)
        if first.ready is not None:
            facts |= {"card": show_card(first, memory, self.desk.today), "message": message}
        else:
            facts |= self._item(first, memory, message=message)
        return self._respond({**facts, "slips": self._slip(first if memory.slips else None)}, status)

    def show_back(
        self, *, said: str = "", message: Message | None = None, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        """The card of the request, turned."""
        memory = self.memory
        facts = {
            "left": len(self.desk.queue(self.scope)),
            "card": show_card(self.thing, memory, self.desk.today, turned=True, said=said),
            "message": message,
            "slips": self._slip(self.thing if memory.slips else None),
        }
        return self._respond(facts, status)

    def show_item(
        self,
        *,
        message: Message | None,
        chosen: dict[str, str] | None = None,
        sitting: Sitting | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """The item of the request, as it stands in its sitting."""
        facts = self._item(self.thing, self.memory, message=message, chosen=chosen, sitting=sitting)
        return self._respond({**facts, "left": len(self.desk.queue(self.scope))}, status)

    def show_finished(self, mine: Ready, counted: Counted, message: Message | None) -> HttpResponse:
        """An item that was graded just now, with everything there is to see of it."""
        assert counted.sitting is not None
        page = show_item(mine, counted.sitting, message=message, finished=True)
        self._look_again()
        slipped = self.thing if counted.memory.slips and counted.grade is Grade.AGAIN else None
        facts = {**vars(page), **self._of_item(self.thing, counted.memory), "slipped": self._slip(slipped)}
        return self._respond({**facts, "left": len(self.desk.queue(self.scope))}, HTTPStatus.OK)

    def show_next(self, counted: Counted, message: Message | None) -> HttpResponse:
        """What comes after an answer; where that counted for nothing, why."""
        self._look_again()
        slipped = counted.memory.slips and counted.grade is Grade.AGAIN
        status = HTTPStatus.OK if counted.grade is not None else HTTPStatus.CONFLICT
        return self.show(message=message, status=status, slipped=self.thing if slipped else None)

    def _look_again(self) -> None:
        self.desk = desk(self.request.visitor.key, self.now, self.scope)

    def _item(
        self,
        thing: Thing,
        memory: Memory,
        *,
        message: Message | None,
        chosen: dict[str, str] | None = None,
        sitting: Sitting | None = None,
    ) -> dict[str, Any]:
        mine = asked_with(thing, memory)
        sitting = sitting or sitting_of(self.desk.cards.get(thing.what), mine)
        page = show_item(mine, sitting, chosen=chosen, message=message)
        return {**vars(page), **self._of_item(thing, memory)}

    def _of_item(self, thing: Thing, memory: Memory) -> dict[str, Any]:
        return {"concept": concept_title(thing), "seen": memory.answers}

    def _nothing(self) -> dict[str, Any]:
        """When something is due again."""
        day = self.desk.next_day(self.scope)
        return {
            "nothing": {
                "when": say_back(day, self.desk.today) if day else "",
                "capped": self.desk.capped(self.scope),
            }
        }

    def _slip(self, thing: Thing | None) -> dict[str, Any] | None:
        """Another way of learning what keeps escaping."""
        if thing is None:
            return None
        modes = {mode.name: mode for mode in modes_of(thing.topic, self._pages(thing.topic))}
        way: Mode = next(modes[name] for name in _OTHER_WAYS if name in modes)
        return {"concept": concept_title(thing), "mode": way, "lapses": self.desk.memory(thing).lapses}

    def _respond(self, facts: dict[str, Any], status: HTTPStatus) -> HttpResponse:
        """The fragment for htmx, the whole page for everybody else."""
        first = self.topics[0]
        room = topic_spec(first.spec).rooms[ROOM]
        context = {
            **facts,
            "room": {"name": ROOM, "noun": self._noun(facts), "title": room.title, "url": self.url},
            "scope": self.scope,
            "done": self.desk.done,
            "cap": self.desk.cap,
        }
        if self.request.htmx and not self.request.htmx.history_restore_request:
            return render(self.request, "review/_now.html", context, status=status)
        context |= {
            "first": first,
            "topic": first if self.scope else None,
            "summary": room.summary,
            "minutes": room.minutes,
            "wish": facts.get("wish") or WishForm(initial={"cap": self.desk.cap}),
            "zone": self.desk.time_zone,
            **onward(self.request, first, ROOM, self._pages(first)),
            "title": room.title if self.scope else _("Review, all topics"),
        }
        return render(self.request, "review/review.html", context, status=status)

    def _noun(self, facts: dict[str, Any]) -> str:
        blanks = facts.get("blanks")
        return "question" if blanks and blanks[0].is_choice else "task"

    def _pages(self, topic: Topic) -> list[Page]:
        """The pages of a topic, asked for once."""
        if topic.slug not in self._read:
            self._read[topic.slug] = pages_of(topic.slug)
        return self._read[topic.slug]
