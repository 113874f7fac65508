"""What practice and quizzes have in common: a list, an item's page, an answer, a hint."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import takewhile

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from canarylearn.items import Answer
from canarylearn.items.files import Room as RoomSpec
from canarylearn.learning.forms import AnswerForm, option_id
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Place, Topic
from canarylearn.learning.pages import NUMBERS, ItemPage, Message, build_page
from canarylearn.learning.ready import Ready, ready
from canarylearn.learning.selectors import Listed, Standing, listed_items, solved_items, standings, topic_spec, topics
from canarylearn.learning.services import Status, Submission, open_hint, submit_attempt
from canarylearn.learning.verdicts import VerdictView, show_verdict

_MOST_DIGITS = 4
_SAYINGS = {
    Status.REPEATED: _("This answer had already arrived. It was counted once."),
    Status.SAME_ANSWER: _("You deployed this answer before, so no try was used. This is what it did."),
    Status.KEY_REUSED: _("This page had already been used for another answer. No try was used: press Deploy again."),
    Status.RESOLVED: _("This one is finished, so nothing was counted."),
}


@dataclass(frozen=True, kw_only=True)
class Room:
    """One way of answering: its name in URLs and templates, where its items are met, their kind, and the word for one.

    `kind` is None where items of every kind are met; `noun` is then given, and else the kind.
    """

    name: str
    kind: str | None
    place: str = Place.PRACTICE
    noun: str = ""

    @property
    def word(self) -> str:
        """The word for one of its items."""
        return self.noun or self.kind or "item"

    def listed(self, topic_slug: str | None = None) -> list[Listed]:
        """Its items, in the order of their topics."""
        return listed_items(self.kind, topic_slug, self.place)

    def url(self) -> str:
        """Where the room's list is."""
        return reverse(f"{self.name}:index")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One item in the row of a room's items. `state` is open, tried, solved or missed."""

    slug: str
    number: int
    url: str
    title: str
    level: str
    state: str
    tries_left: int
    tries_total: int
    is_current: bool


def show_index(request: LearnerRequest, room: Room) -> HttpResponse:
    """The list of the room's items, with the learner's state at each."""
    topic = next((topic for topic in topics() if has(room, topic)), None)
    if topic is None:
        raise Http404("There is no topic yet.")
    items = steps(request, room, room.listed(topic.slug))
    return render(request, f"{room.name}/index.html", {"topic": topic, "room": present(room, topic), "items": items})


def show_item(request: LearnerRequest, room: Room, slug: str) -> HttpResponse:
    """The page of one item, as the learner left it."""
    return Visit(request, room, slug).show()


def take_answer(request: LearnerRequest, room: Room, slug: str) -> HttpResponse:
    """Judge a posted answer and show what came of it, in the answer to the same request."""
    return take_answer_at(Visit(request, room, slug))


def take_answer_at(visit: "Visit") -> HttpResponse:
    """Judge the answer that a visit brings."""
    request = visit.request
    if request.method != "POST":
        return visit.show_unsent()
    form = AnswerForm(request.POST, ready=visit.ready)
    if not form.is_valid():
        said = form.complaint or gettext("That was not an answer to this page. No try was used.")
        message = Message(text=said, kind="error")
        return visit.show(message=message, chosen=form.chosen, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.cleaned_data["version"] != visit.ready.number:
        message = Message(
            text=gettext("This question was changed in the meantime. No try was used: please look at it again.")
        )
        return visit.show(message=message, status=HTTPStatus.CONFLICT)
    if form.empty_blanks:
        return visit.show(message=_say_empty(form), chosen=form.chosen)
    return visit.show_submission(visit.submit(form.answer, form.cleaned_data["key"]), form.chosen)


def take_hint(request: LearnerRequest, room: Room, slug: str, level: int) -> HttpResponse:
    """Open a hint and show the page again, with the choices of the form kept."""
    return take_hint_at(Visit(request, room, slug), level)


def take_hint_at(visit: "Visit", level: int) -> HttpResponse:
    """Open a hint at an item that is being visited."""
    request = visit.request
    if not 1 <= level <= len(visit.ready.item.hints):
        raise Http404("There is no such hint.")
    if request.method != "POST":
        return visit.show_unsent()
    slot = open_hint(learner_key=request.visitor.key, ready=visit.ready, level=level)
    skipped = Message(text=gettext("Hints open one after the other.")) if level > slot.hints_opened else None
    form = AnswerForm(request.POST, ready=visit.ready)
    form.is_valid()
    return visit.show(message=skipped, chosen=form.chosen)


def has(room: Room, topic: Topic) -> bool:
    """Whether a topic can be learnt in a room."""
    return room.name in topic_spec(topic.spec).rooms


def present(room: Room, topic: Topic) -> dict[str, object]:
    """What pages say of a room in a topic."""
    spec: RoomSpec = topic_spec(topic.spec).rooms[room.name]
    return {
        "name": room.name,
        "noun": room.word,
        "title": spec.title,
        "minutes": spec.minutes,
        "summary": spec.summary,
        "url": room.url(),
    }


def embed(request: LearnerRequest, room: Room, listed: list[Listed], slug: str, standing: Standing) -> SafeString:
    """An item within another page, as the learner left it: the same form, to the same address, as on its own page."""
    version = ready(next(one.version_id for one in listed if one.slug == slug))
    verdict = show_verdict(version, standing.attempts[-1].answer) if standing.attempts else None
    page = build_page(
        room=room.name,
        ready=version,
        listed=listed,
        standing=standing,
        chosen=_last_choice(standing),
        verdict=verdict,
        again=room.place == Place.PRACTICE,
    )
    context = {**vars(page), "room": _facts(room), "within": True}
    return SafeString(render_to_string(f"{room.name}/_attempt.html", context, request))


def _facts(room: Room) -> dict[str, str]:
    """What the fragment of an item says of its room."""
    return {"name": room.name, "noun": room.word, "url": room.url()}


def steps(
    request: LearnerRequest,
    room: Room,
    listed: list[Listed],
    current: str = "",
    known: Mapping[int, Standing] | None = None,
) -> list[Step]:
    """The room's items in order, each with where the learner stands at it; `known` spares asking for that."""
    if known is None:
        known = standings(request.visitor.key, [one.version_id for one in listed])
    before = _solved_before(request, listed)
    return [
        _step(
            room,
            one,
            known.get(one.version_id, Standing()),
            number,
            solved_before=one.slug in before,
            is_current=one.slug == current,
        )
        for number, one in enumerate(listed, start=1)
    ]


def _solved_before(request: LearnerRequest, listed: list[Listed]) -> frozenset[str]:
    """The items solved in any version: what was solved stays solved when its author publishes a new one."""
    if all(ready(one.version_id).number == 1 for one in listed):
        return frozenset()
    return solved_items(request.visitor.key)


def _step(room: Room, one: Listed, standing: Standing, number: int, *, solved_before: bool, is_current: bool) -> Step:
    tries = ready(one.version_id).item.tries
    if standing.counts_as_solved or solved_before:
        state = "solved"
    elif standing.resolved(tries):
        state = "missed"
    else:
        state = "tried" if standing.attempts else "open"
    return Step(
        slug=one.slug,
        number=number,
        url=reverse(f"{room.name}:item", args=[one.slug]),
        title=one.title,
        level=one.level,
        state=state,
        tries_left=max(0, tries - len(standing.attempts)),
        tries_total=tries,
        is_current=is_current,
    )


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
        return self._respond(standing, self._last_verdict(standing), chosen or _last_choice(standing), message, status)

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
        before = mine.slug in _solved_before(self.request, [mine])
        step = _step(
            self.room,
            mine,
            _as_authored(standing, self.ready.variant),
            page.item.number,
            solved_before=before,
            is_current=True,
        )
        within = self.request.htmx.current_url_abs_path == reverse("home")
        return {**vars(page), "room": _facts(self.room), "step": step, "within": within}

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


def _last_choice(standing: Standing) -> dict[str, str]:
    if not standing.attempts:
        return {}
    return {blank: option_id(position) for blank, position in standing.attempts[-1].answer.items()}


def _say_empty(form: AnswerForm) -> Message:
    if form.ready.item.kind == "question":
        return Message(text=gettext("Nothing was chosen, so nothing was deployed. No try was used."))
    said = ngettext(
        "Nothing was deployed: %(names)s is still empty. No try was used.",
        "Nothing was deployed: %(names)s are still empty. No try was used.",
        len(form.empty_blanks),
    )
    return Message(text=said % {"names": gettext(" and ").join(form.empty_blanks)})
