"""Visits: one request about one item, from what the address asks for to the page that answers it."""

from dataclasses import replace
from http import HTTPStatus
from itertools import takewhile

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from canarylearn.items import Answer
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Place, Topic
from canarylearn.learning.pages import NUMBERS, ItemPage, Message, build_page, last_choice
from canarylearn.learning.ready import Ready, ready
from canarylearn.learning.rooms import Room, facts, present
from canarylearn.learning.selectors import Standing, standings
from canarylearn.learning.services import Status, Submission, submit_attempt
from canarylearn.learning.steps import solved_before, step_at, steps
from canarylearn.learning.verdicts import VerdictView, show_verdict

_MOST_DIGITS = 4
_SAYINGS = {
    Status.REPEATED: _("This answer had already arrived. It was counted once."),
    Status.SAME_ANSWER: _("You deployed this answer before, so no try was used. This is what it did."),
    Status.KEY_REUSED: _("This page had already been used for another answer. No try was used: press Deploy again."),
    Status.RESOLVED: _("This one is finished, so nothing was counted."),
}


class Visit:
    """One request about one item: what it is about, and how it is answered. Raises Http404 for an unknown item."""

    def __init__(self, request: LearnerRequest, room: Room, slug: str) -> None:
        listed = room.listed()
        mine = next((one for one in listed if one.slug == slug), None)
        if mine is None:
            raise Http404("There is no such item.")
        self.request, self.room = request, room
        self.listed = [one for one in listed if one.topic_slug == mine.topic_slug]
        self.ready: Ready = self._with_numbers(ready(mine.version_id))

    def _with_numbers(self, authored: Ready) -> Ready:
        """The item with the numbers that the address asks for. Raises Http404 for any that are not open.

        They open one after the other: the next ones once the ones before are resolved.
        """
        asked = self.request.GET.get(NUMBERS) if self.room.place == Place.PRACTICE else None
        if asked is None:
            return authored
        open_now = [] if len(asked) > _MOST_DIGITS else [str(number) for number in self._open(authored)]
        if asked not in open_now:
            raise Http404("There are no such numbers.")
        return ready(authored.version_id, int(asked))

    def _open(self, authored: Ready) -> list[int]:
        """The variants that are resolved, and the next one."""
        mine = self._standing(authored)
        known = {0: mine, **mine.others}
        before = takewhile(
            lambda number: known.get(number, Standing()).resolved(authored.item.tries), authored.variants
        )
        return list(authored.variants[: len(list(before)) + 1])

    def _standing(self, at: Ready) -> Standing:
        return standings(self.request.visitor.key, [at.version_id], at.variant).get(at.version_id, Standing())

    def show(
        self,
        *,
        message: Message | None = None,
        chosen: dict[str, str] | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """The item as it stands, with what was chosen (or last deployed) in the blanks."""
        standing = self._standing(self.ready)
        return self._respond(standing, self._last_verdict(standing), chosen or last_choice(standing), message, status)

    def show_unsent(self) -> HttpResponse:
        """The item for somebody who came to the address of a form without sending it, as a reload can do."""
        response = self.show(status=HTTPStatus.METHOD_NOT_ALLOWED)
        response["Allow"] = "POST"
        return response

    def submit(self, answer: Answer, key: str) -> Submission:
        """Judge an answer and keep it, if it counts."""
        return submit_attempt(learner_key=self.request.visitor.key, ready=self.ready, answer=answer, key=key)

    def show_submission(self, submission: Submission, chosen: dict[str, str]) -> HttpResponse:
        """What came of an answer."""
        standing = Standing(attempts=submission.attempts, hints_opened=submission.hints_opened)
        over = submission.status is not Status.COUNTED and standing.resolved(self.ready.item.tries)
        if self.ready.variant or (over and len(self.ready.variants) > 1):
            # Other numbers open once the authored ones are over: until then nobody can have answered them.
            standing = replace(standing, others=self._standing(self.ready).others)
        saying = _SAYINGS.get(submission.status)
        message = Message(text=str(saying)) if saying else None
        if submission.judgement is None:
            return self._respond(standing, self._last_verdict(standing), chosen, message, HTTPStatus.CONFLICT)
        verdict = show_verdict(self.ready, submission.judgement.answer)
        return self._respond(standing, verdict, chosen, message, HTTPStatus.OK)

    def _last_verdict(self, standing: Standing) -> VerdictView | None:
        if not standing.attempts:
            return None
        return show_verdict(self.ready, standing.attempts[-1].answer)

    def _respond(
        self,
        standing: Standing,
        verdict: VerdictView | None,
        chosen: dict[str, str],
        message: Message | None,
        status: HTTPStatus,
    ) -> HttpResponse:
        """The fragment for htmx, the whole page for everybody else."""
        page = build_page(
            room=self.room.name,
            ready=self.ready,
            listed=self.listed,
            standing=standing,
            chosen=chosen,
            verdict=verdict,
            message=message,
            again=self.room.place == Place.PRACTICE,
        )
        if self.request.htmx:
            template, context = f"{self.room.name}/_attempt.html", self._fragment_context(page, standing)
        else:
            template, context = f"{self.room.name}/{self.room.word}.html", self._page_context(page)
        return render(self.request, template, context, status=status)

    def _fragment_context(self, page: ItemPage, standing: Standing) -> dict[str, object]:
        mine = self.listed[page.item.number - 1]
        before = mine.slug in solved_before(self.request, [mine])
        step = step_at(
            self.room,
            mine,
            _as_authored(standing, self.ready.variant),
            page.item.number,
            solved_before=before,
            is_current=True,
        )
        within = self.request.htmx.current_url_abs_path == reverse("home")
        return {**vars(page), "room": facts(self.room), "step": step, "within": within}

    def _page_context(self, page: ItemPage) -> dict[str, object]:
        topic = get_object_or_404(Topic, slug=self.listed[0].topic_slug)
        row = steps(self.request, self.room, self.listed, page.item.slug)
        return {**vars(page), "topic": topic, "room": present(self.room, topic), "steps": row}


def _as_authored(standing: Standing, variant: int) -> Standing:
    """Where a learner stands at an item as authored, told from where they stand with the numbers of a variant."""
    if not variant:
        return standing
    others = {**standing.others, variant: standing}
    return replace(others.pop(0, Standing()), others=others)
