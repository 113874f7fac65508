"""What a page of figures is about: a topic, or an item in one of its versions with all that is known of it."""

from collections.abc import Mapping

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.dialects.errors import Unreadable
from canarylearn.insight import Analysis, Pull, analyse
from canarylearn.learning.forms import option_id
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Item, Topic, Version
from canarylearn.learning.ready import Ready, ready
from canarylearn.reports.gathering import gather, options_of, read_or_none
from canarylearn.reports.selectors import number_in
from canarylearn.reports.words import pulled


def topic_of(request: LearnerRequest) -> tuple[Topic, list[Topic]]:
    """The topic that the address names, or the first. Raises Http404."""
    found = list(Topic.objects.all())
    asked = request.GET.get("topic", found[0].slug if found else "")
    mine = next((topic for topic in found if topic.slug == asked), None)
    if mine is None:
        raise Http404("There is no such topic.")
    return mine, found


class Subject:
    """An item in one of its versions, and everything that first tries say of it. Raises Http404."""

    def __init__(self, request: LearnerRequest, slug: str) -> None:
        self.item = get_object_or_404(Item.objects.select_related("topic"), slug=slug)
        self.versions = list(self.item.versions.defer("scenarios").order_by("-number"))
        current = next((one for one in self.versions if one.pk == self.item.current_id), None)
        wanted = number_in(request.GET.get("version", ""), current.number if current else 0)
        found = next((one for one in self.versions if one.number == wanted), None)
        if found is None:
            raise Http404("There is no such version.")
        self.version: Version = found
        self.spec = read_or_none(found.spec)
        self.table = gather(self.item.topic)
        self.found: Analysis = self.analysed(found)

    def analysed(self, version: Version) -> Analysis:
        """What first tries say of a version."""
        return analyse(
            self.table,
            self.item.slug,
            floor=version.proof["guess_floor"],
            options=options_of(read_or_none(version.spec)),
            version=version.pk,
            order=self.item.kind == "order",
        )

    def ready(self) -> Ready | None:
        """The version with the numbers that most learners met; None where it is no longer read."""
        try:
            return ready(self.version.pk, self.found.variant)
        except (Unreadable, LookupError):
            return None

    def url(self, name: str = "item", *more: str) -> str:
        """An address of this item in this version."""
        at = "" if self.version.pk == self.item.current_id else f"?version={self.version.number}"
        return reverse(f"insight:{name}", args=[self.item.slug, *more]) + at


def letters(answer: Mapping[str, int]) -> str:
    """An answer as it stands in an address: the letters of its options, in the order of the blanks."""
    return "-".join(option_id(option) for option in answer.values())


def answer_in(picked: str, mine: Ready) -> dict[str, int]:
    """The answer that an address names. Raises Http404 for one that is none."""
    given = picked.split("-")
    if len(given) != len(mine.item.blanks) or any(len(one) != 1 for one in given):
        raise Http404("There is no such answer.")
    answer = {blank: ord(one) - ord("A") for blank, one in zip(mine.item.blanks, given, strict=True)}
    if any(not 0 <= option < len(mine.item.options_for(blank)) for blank, option in answer.items()):
        raise Http404("There is no such answer.")
    if mine.item.kind == "order" and len(set(answer.values())) != len(answer):
        raise Http404("There is no such answer.")
    return answer


def _columns() -> list[str]:
    return [_("All"), _("Top third"), _("Middle"), _("Bottom third")]


def cells(pull: Pull) -> list[tuple[str, str]]:
    return list(zip(_columns(), pulled(pull), strict=True))
