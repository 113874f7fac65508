"""Everything that writes drafts and scenes. Nothing is half-saved: a text is kept as it is, or not at all."""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from canarylearn.authoring.models import Draft, Revision, Scene
from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.items import TopicFiles
from canarylearn.learning.models import Item, Topic, Version

_SLUG = re.compile(r"[a-z][a-z0-9-]{2,59}")
_TITLE = re.compile(r"^title: *(.+)$", re.MULTILINE)

User = Any


class Conflict(Exception):
    """Somebody saved meanwhile; `draft` is as they left it."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(str(draft))
        self.draft = draft


class Taken(Exception):
    """Another draft, or a published item, has this id; the message says which."""


def begin_draft(
    *,
    topic: Topic,
    owner: User,
    slug: str,
    spec: str,
    scenarios: Mapping[str, str] | None = None,
    based_on: Version | None = None,
    note: str = "",
) -> Draft:
    """A new draft. Raises Taken."""
    if based_on is None and (said := taken(topic, slug)):
        raise Taken(said)
    try:
        with transaction.atomic():
            draft = Draft.objects.create(
                topic=topic, owner=owner, slug=slug, spec=spec, scenarios=dict(scenarios or {}), based_on=based_on
            )
            _record(draft, owner, note)
    except IntegrityError:
        raise Taken(_("There is a draft of this name already: %(slug)s.") % {"slug": slug}) from None
    return draft


def save_draft(*, draft: Draft, user: User, stamp: int, spec: str, note: str = "") -> Draft:
    """Keep a draft's text, if nobody saved since `stamp`. Raises Conflict."""
    with transaction.atomic():
        kept = Draft.objects.select_for_update(of=("self",)).select_related("topic", "based_on__item").get(pk=draft.pk)
        if kept.stamp != stamp:
            raise Conflict(kept)
        if kept.spec == spec:
            return kept
        kept.spec, kept.stamp = spec, kept.stamp + 1
        kept.slug = _slug_of(kept)
        kept.save()
        _record(kept, user, note)
    return kept


def slug_for(title: str, kind: str, is_taken: Callable[[str], bool]) -> str:
    """A free name in addresses, made of a title; of a title without letters, of what it is."""
    made = slugify(title).strip("-_").replace("_", "-")[:50].strip("-") or kind
    made = made if made[0].isalpha() and len(made) > 2 else f"{kind}-{made}"
    free = (name for name in (made, *(f"{made}-{number}" for number in range(2, 1000))) if not is_taken(name))
    return next(free, made)


def taken(topic: Topic, slug: str, draft: Draft | None = None) -> str:
    """Why a draft cannot have this id; nothing where it can."""
    others = Draft.objects.filter(topic=topic, slug=slug)
    if (others if draft is None else others.exclude(pk=draft.pk)).exists():
        return _("another draft has the id %(slug)r; choose another") % {"slug": slug}
    based_on = draft.based_on.item.slug if draft is not None and draft.based_on is not None else None
    if based_on is not None:
        if based_on != slug:
            told = _("it is published as %(slug)r, and attempts hang on that; keep it, or duplicate this draft")
            return told % {"slug": based_on}
        return ""
    if Item.objects.filter(slug=slug).exists():
        return _("an item with the id %(slug)r is published; choose another id, or open that item") % {"slug": slug}
    return ""


def scenario_texts(draft: Draft) -> dict[str, str]:
    """Every scenario that a draft could use: those of its topic as they stand, and its own copies of others.

    Those of the topic are asked for once a request, which is as long as a draft is held.
    """
    known: dict[str, str] | None = draft.__dict__.get("_scenes")
    if known is None:
        known = draft.__dict__["_scenes"] = dict(draft.topic.scenes.values_list("slug", "spec"))
    return {**draft.scenarios, **known}


def title_of(text: str) -> str:
    """The title in the text of a draft or a scenario, found without reading all of it: lists of them may be long."""
    found = _TITLE.search(text)
    return found[1].strip("'\"") if found else ""


def save_scene(*, scene: Scene, user: User, before: str, spec: str) -> Scene:
    """Keep a scenario's text, if the one it replaces has the mark `before`. Raises SceneConflict and Taken."""
    try:
        with transaction.atomic():
            if scene._state.adding:
                scene.owner, scene.spec = user, spec
                scene.save()
                return scene
            kept = Scene.objects.select_for_update().get(pk=scene.pk)
            if mark_of(kept.spec) != before:
                raise SceneConflict(kept)
            kept.slug, kept.spec = scene.slug, spec
            kept.save()
            return kept
    except IntegrityError:
        raise Taken(_("another scenario has the name %(slug)r; choose another") % {"slug": scene.slug}) from None


def mark_of(text: str) -> str:
    """A mark by which a text is known again."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


class SceneConflict(Exception):
    """Somebody saved meanwhile; `scene` is as they left it."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(str(scene))
        self.scene = scene


def load_scenes(topic: Topic, files: TopicFiles) -> list[str]:
    """The scenarios of a topic's files, for authors to choose from. One that somebody wrote here is left alone."""
    kept = {scene.slug: scene for scene in topic.scenes.all()}
    told = []
    for slug in files.scenarios:
        text, scene = files.texts[f"scenarios/{slug}.yaml"], kept.get(slug)
        if scene is None:
            Scene.objects.create(topic=topic, slug=slug, spec=text)
        elif scene.spec != text and scene.owner_id is None:
            scene.spec = text
            scene.save()
        elif scene.spec != text:
            told.append(f"the scenario {slug} was written by {scene.owner}, and its file says otherwise; left as it is")
    return told


def _slug_of(draft: Draft) -> str:
    """The id that a draft's text gives it, where it can have it; otherwise the one that it had."""
    try:
        data = read_yaml(draft.spec).value
    except Unreadable:
        return draft.slug
    wanted = data.get("id") if isinstance(data, Mapping) else None
    if not isinstance(wanted, str) or not _SLUG.fullmatch(wanted) or taken(draft.topic, wanted, draft):
        return draft.slug
    return wanted


def _record(draft: Draft, user: User, note: str) -> None:
    Revision.objects.create(draft=draft, who=user, spec=draft.spec, scenarios=draft.scenarios, note=note[:200])
