"""Drafts of what a file of another system holds."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from canarylearn.authoring.drafts import begin_draft, taken
from canarylearn.authoring.models import Draft
from canarylearn.dialects.errors import Located
from canarylearn.exchange import DraftText, Format, read
from canarylearn.learning.models import Topic


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came of an import: the drafts that were made, and all there is to say of the file, each at its line."""

    drafts: tuple[Draft, ...]
    told: tuple[Located, ...]


@transaction.atomic
def import_drafts(*, data: bytes, format: Format, topic: Topic, owner: AbstractBaseUser) -> Taken:  # noqa: A002
    """The questions of a file as unproven drafts of a topic: all of them, or none.

    A draft or an item of the same id stays: what comes in gets an id beside it. Raises Unreadable for a file that is
    refused as a whole.
    """
    imported = read(data, format)
    told, drafts = list(imported.told), []
    for text in imported.drafts:
        slug = _free(topic, text.slug)
        if slug != text.slug:
            message = _("%(slug)r is there already; this one comes in as %(other)r") % {
                "slug": text.slug,
                "other": slug,
            }
            told.append(Located(line=text.line, column=None, code="renamed", message=message))
        drafts.append(_begin(topic, owner, text, slug, format))
    return Taken(drafts=tuple(drafts), told=tuple(sorted(told, key=lambda one: one.line)))


def _free(topic: Topic, slug: str) -> str:
    number, made = 1, slug
    while taken(topic, made):
        number += 1
        made = f"{slug[:55]}-{number}"
    return made


def _begin(topic: Topic, owner: AbstractBaseUser, text: DraftText, slug: str, format: Format) -> Draft:  # noqa: A002
    spec = text.spec.replace(f"id: {text.slug}\n", f"id: {slug}\n", 1) if slug != text.slug else text.spec
    note = _("imported from %(format)s") % {"format": format}
    draft = begin_draft(topic=topic, owner=owner, slug=slug, spec=spec, scenarios=text.scenarios, note=note)
    draft.unproven = True
    draft.save(update_fields=["unproven"])
    return draft


def scenes_of(topic: Topic) -> dict[str, str]:
    """The scenarios of a topic's library, by slug."""
    return dict(topic.scenes.values_list("slug", "spec"))
