"""Pages above the rooms: the home page and a topic."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from canarylearn.items.judging import SEEDS
from canarylearn.items.spec import HINTS, TRIES
from canarylearn.learning.markup import render as render_markdown
from canarylearn.learning.middleware import DAY, MONTH, LearnerRequest
from canarylearn.learning.models import Topic
from canarylearn.learning.modes import modes_of, show_modes, test_url
from canarylearn.learning.opening import begin
from canarylearn.learning.reading import all_pages, pages_of
from canarylearn.learning.search import MOST_LETTERS, search
from canarylearn.learning.selectors import topic_spec, topics


@require_safe
def home(request: LearnerRequest) -> HttpResponse:
    """What this is, one question to answer right there, and where to go on."""
    found, pages = topics(), all_pages()
    shown = [{**_summary(topic), "modes": modes_of(topic, pages.get(topic.pk, []))} for topic in found]
    return render(request, "home.html", {"topics": shown, "begin": begin(request)})


@require_safe
def topic(request: LearnerRequest, slug: str) -> HttpResponse:
    """A topic, and the ways of learning it."""
    rows = pages_of(slug)
    found = rows[0].topic if rows else get_object_or_404(Topic, slug=slug)
    modes = show_modes(request, found, rows)
    return render(
        request, "learning/topic.html", {"topic": _summary(found), "modes": modes, "test_url": test_url(found)}
    )


@require_safe
def find(request: LearnerRequest) -> HttpResponse:
    """What holds the words of a query."""
    asked = " ".join(request.GET.get("q", "").replace("\x00", " ").split())
    query = asked[:MOST_LETTERS]
    concepts = [concept.title for topic in topics() for concept in topic_spec(topic.spec).concepts.values()]
    context = {
        "query": query,
        "too_long": len(asked) > MOST_LETTERS,
        "most_letters": MOST_LETTERS,
        "found": search(query) if query else None,
        "examples": concepts[:6],
    }
    return render(request, "learning/search.html", context)


@require_safe
def how_judged(request: LearnerRequest) -> HttpResponse:
    """How answers are judged, in plain words."""
    known_for = MONTH // DAY
    context = {"seeds": len(SEEDS), "hints": HINTS, "tries": TRIES, "days": known_for}
    return render(request, "learning/how_judged.html", context)


def _summary(found: Topic) -> dict[str, object]:
    spec = topic_spec(found.spec)
    return {
        "title": found.title,
        "url": found.get_absolute_url(),
        "summary_html": render_markdown(spec.summary),
        "minutes": sum(room.minutes for room in spec.rooms.values()),
    }
