"""Nothing says which answer is right: no file, no table, and no byte that is sent before the verdict."""

import ast
import dataclasses
import html
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.engine.metrics import METRICS
from canarylearn.items import Proof, read_topic
from canarylearn.learning.content import CONTENT, LOCK, load_topic
from canarylearn.learning.forms import option_id
from canarylearn.learning.models import Attempt, Version
from canarylearn.learning.ready import ready
from tests.topics import TOPIC, as_if_proven, change, copied, curriculum, passing

# How people mark the right option of a question. Each is a whole word in a key, a column or a name.
MARKERS = frozenset(
    [
        "correct",
        "correctness",
        "right",
        "answer",
        "answers",
        "key",
        "keys",
        "truth",
        "true",
        "valid",
        "expected",
        "best",
    ]
)
ROOT = Path(__file__).parent.parent
ROOM = {"task": "practice", "question": "quizzes"}
ITEMS = sorted(curriculum().items)
TELL = (
    *("learning/progress.html", "projects/_came.html", "projects/_steps.html", "projects/index.html"),
    *("admin/authoring/_proof.html", "admin/authoring/publication.html", "classes/member.html"),
)
"""Pages of what is over: answers in items that are resolved, and stages of a project, which have no options.

And those of authors and teachers, which no learner may open: `tests/access` holds who may.
"""
IN_PRACTICE = [slug for slug in ITEMS if curriculum().items[slug].room == "practice"]
FILES = sorted(path for path in CONTENT.rglob("*.yaml") if path.parent.name != "project")
"""A project has no options: its files name scripts that its judging has to accept, and others that it has to refuse."""
TEMPLATES = sorted(path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.html"))


def words(name: str) -> set[str]:
    return {name.lower(), *re.split(r"[^a-z]+", name.lower())}


def keys_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield key
            yield from keys_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from keys_in(child)


# Files


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_content_file_has_a_key_that_marks_an_option(path: Path) -> None:
    item = read_yaml(path.read_text(encoding="utf-8")).value
    assert isinstance(item, dict)
    # Notes are keyed by the text of their option.
    notes = set(item.pop("notes", {}))
    # What varies is keyed by the name of its scenario.
    item["varies"] = list(item.get("varies", {}).values())
    options = item.get("options", [])
    if isinstance(options, dict):  # of each blank
        options = [option for of_one in options.values() for option in of_one]
    assert not [key for key in keys_in(item) if MARKERS & words(key)]
    # Options are texts with code or claims: nothing sets one of them apart. Notes stand beside all of them, or none.
    assert len({frozenset(option) if isinstance(option, dict) else "code" for option in options}) <= 1
    assert notes in (set(), {option["text"] if isinstance(option, dict) else option for option in options})


def test_the_proofs_say_how_many_pass_and_not_which() -> None:
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    assert sorted(lock) == sorted(curriculum().asked)
    fields = {field.name for field in dataclasses.fields(Proof)}
    assert fields == {"digest", "engine", "seeds", "answers", "guess_floor", "outcomes", "variants"}
    for proof in lock.values():
        assert set(proof) == fields
        assert re.fullmatch("[0-9a-f]{64}", proof["outcomes"])


def test_the_same_number_passes_in_every_item_of_a_size() -> None:
    """So that the guess floor, the one thing a proof says of passing answers, tells no item from another."""
    by_size: dict[int, set[float]] = {}
    for proof in json.loads(LOCK.read_text(encoding="utf-8")).values():
        by_size.setdefault(proof["answers"], set()).add(round(proof["guess_floor"] * proof["answers"], 6))
    assert {size: found for size, found in by_size.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_of_an_unanswered_item_asks_what_passes(name: str) -> None:
    """Only the verdict and what follows it may speak of passing."""
    asked = {
        word
        for tag in re.findall(r"\{[{%](.*?)[%}]\}", (ROOT / "templates" / name).read_text(encoding="utf-8"))
        for word in re.findall(r"[a-z_]+", re.sub(r'"[^"]*"', "", tag))
    }
    if (
        not Path(name).name.startswith(("_verdict", "_goals", "_resolved", "_compare", "_afterwards"))
        and name not in TELL
    ):
        assert not asked & {"passed", "passing", "met", "correct", "right", "goals", "outcome"}


def test_no_code_of_the_learning_app_names_an_option_or_the_answer_of_an_item() -> None:
    """An exception for one item, or a table of answers in Python, would be a key as well."""
    texts = {
        option.text
        for item in curriculum().items.values()
        for blank in item.blanks
        for option in item.options_for(blank)
        if len(option.text) > 10
    }
    forbidden = (texts | set(ITEMS)) - set(METRICS)
    for folder in ("canarylearn", "practice", "quizzes"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
            assert not strings & forbidden, path


# The database

FIELDS_THAT_MAY = {
    # A try that was counted, or the key that makes it count once: the learner's own doing, after the fact.
    (Attempt, "answer"),
    (Attempt, "key"),
}


def test_no_table_has_a_column_for_what_is_right() -> None:
    for model in apps.get_app_config("learning").get_models():
        marked = {field.name for field in model._meta.get_fields() if MARKERS & words(field.name)}
        allowed = {name for owner, name in FIELDS_THAT_MAY if owner is model}
        learner_key = {"key"} if model._meta.model_name == "learner" else set()
        assert marked <= allowed | learner_key, model


@pytest.mark.django_db
def test_loaded_content_is_the_files_and_a_proof_and_nothing_more() -> None:
    """Every value of every row is looked at: texts as authored, counts, digests and dates."""
    call_command("load_content", verbosity=0)
    texts = set(curriculum().texts.values())
    assert Version.objects.count() == len(ITEMS)
    for version in Version.objects.all():
        assert version.spec in texts
        assert set(version.scenarios.values()) <= texts
        assert set(version.proof) == {field.name for field in dataclasses.fields(Proof)}
        rest = {
            field.name: getattr(version, field.attname)
            for field in version._meta.concrete_fields
            if field.name not in ("spec", "scenarios", "proof", "published")
        }
        assert set(rest) == {"id", "item", "number", "title", "level", "digest", "engine", "source"}
    assert not Attempt.objects.exists()


# Bytes

SECRETS = [
    (re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"'), 'name="csrfmiddlewaretoken" value="*"'),
    (re.compile(r'name="key" value="[^"]+"'), 'name="key" value="*"'),
    (re.compile(r'nonce="[^"]+"'), 'nonce="*"'),
    (re.compile(r"'nonce-[^']+'"), "'nonce-*'"),
    (re.compile(r"^(Set-Cookie: \w+)=[^;]+", re.MULTILINE), r"\1=*"),
    (re.compile(r"expires=[^;]+"), "expires=*"),
    (re.compile(r'<time datetime="[^"]+">[^<]+'), '<time datetime="*">*'),
    (re.compile(r"/attempts/\d+/"), "/attempts/*/"),
]
"""What differs from one request to the next whatever the content: random tokens, the time, the numbers of rows."""


def masked(text: str) -> str:
    for pattern, mask in SECRETS:
        text = pattern.sub(mask, text)
    return text


def everything_sent(response: HttpResponseBase) -> str:
    """A response as it goes over the wire: status, headers, cookies and body."""
    assert isinstance(response, HttpResponse)
    headers = sorted(f"{name}: {value}" for name, value in response.items())
    cookies = sorted(str(cookie) for cookie in response.cookies.values())
    return masked("\n".join([str(response.status_code), *headers, *cookies, "", response.content.decode()]))


class _Undo(Exception):
    """Raised to take a build out of the database again."""


class Build:
    """One build of the site's content: the pages that a fresh learner gets from it."""

    def __init__(self, topic: Path) -> None:
        self.topic = topic
        self.files = read_topic(topic)

    def sent(self, slug: str, *, answer: Mapping[str, str] | None = None) -> list[str]:
        """All that is sent about an item: lists, page, fragments, a refused form, and then the verdict on an answer."""
        sent: list[str] = []
        try:
            with transaction.atomic():
                load_topic(self.files, as_if_proven(self.files))
                sent = list(self._visit(slug, answer))
                raise _Undo
        except _Undo:
            # The next build gets the same numbers for its rows; what was read of these must not be remembered.
            ready.cache_clear()
        return sent

    def _visit(self, slug: str, answer: Mapping[str, str] | None) -> Iterator[str]:
        item = self.files.items[slug]
        room, client = ROOM[item.kind], Client()
        page = f"/{room}/{slug}/"
        if answer is None:
            about_nobody = ("/", "/how-answers-are-judged/")
            for address in (*about_nobody, "/topics/canary-releases/", f"/{room}/", page, f"{page}?answer=A"):
                yield everything_sent(client.get(address))
            yield everything_sent(client.get(page, headers={"hx-request": "true"}))
            yield everything_sent(client.head(page))
            yield everything_sent(client.get("/attempts/"))
        form = {"key": "k" * 20, "version": "1", **{self._field(slug, blank): "" for blank in item.blanks}}
        if answer is None:
            for extra in ({}, {"version": "7"}, {"key": "short"}, {self._field(slug, item.blanks[0]): "Z"}):
                for headers in ({}, {"hx-request": "true"}):
                    yield everything_sent(client.post(f"{page}attempt/", {**form, **extra}, headers=headers))
            return
        for blank, text in answer.items():
            texts = [option.text for option in item.options_for(blank)]
            form[self._field(slug, blank)] = option_id(texts.index(text))
        yield everything_sent(client.post(f"{page}attempt/", form, headers={"hx-request": "true"}))
        yield everything_sent(client.get(page))
        yield everything_sent(client.get("/attempts/"))
        yield everything_sent(client.get(f"/attempts/{Attempt.objects.get().pk}/"))

    def _field(self, slug: str, blank: str) -> str:
        return "choice" if self.files.items[slug].kind == "question" else f"blank-{blank}"


def _slower_world(topic: Path) -> None:
    """Seconds become ten times as long: what was a good limit is now below the healthy model's latency."""
    for name in ("v2-is-slow", "v2-is-as-quick"):
        change(topic / "scenarios" / f"{name}.yaml", ("patience: 600ms", "patience: 6s"))
        change(
            topic / "scenarios" / f"{name}.yaml", ("{name: v1, p50: 120ms, p95: 300ms", "{name: v1, p50: 1.2s, p95: 3s")
        )
    change(topic / "scenarios" / "v2-is-slow.yaml", ("p50: 300ms, p95: 800ms", "p50: 3s, p95: 8s"))
    change(topic / "tasks" / "latency-limit.yaml", ("‹slow*1000›ms", "‹slow*10000›ms"))
    change(topic / "scenarios" / "v2-is-as-quick.yaml", ("p50: 125ms, p95: 320ms", "p50: 1.25s, p95: 3.2s"))


def _half_is_wanted(topic: Path) -> None:
    """The question asks for another share than before."""
    change(
        topic / "questions" / "all-traffic-by-mistake.yaml",
        ("at_least: ‹share-2›%, at_most: ‹share+2›%", "at_least: 45%, at_most: 55%"),
    )


def _everyone_may_meet_it(topic: Path) -> None:
    """Half of the users may meet the bad model now, and a tenth is too few."""
    change(
        topic / "tasks" / "first-users.yaml",
        ("measure: users_exposed_share, at_most: 20%", "measure: users_exposed_share, at_least: 40%"),
    )


def _the_claims_change_places(topic: Path) -> None:
    """The same four texts; the claim that the runs bear out stands behind another one."""
    change(
        topic / "questions" / "who-is-routed.yaml",
        ('prints: "new_model\\nold_model"', 'prints: "*"'),
        ('prints: "old_model\\nnew_model"', 'prints: "new_model\\nold_model"'),
        ('prints: "*"', 'prints: "old_model\\nnew_model"'),
    )


BUILDS = {
    "latency-limit": _slower_world,
    "first-users": _everyone_may_meet_it,
    "all-traffic-by-mistake": _half_is_wanted,
    "who-is-routed": _the_claims_change_places,
}


@pytest.mark.django_db
@pytest.mark.parametrize("slug", BUILDS)
def test_what_is_sent_before_the_verdict_is_the_same_whichever_option_passes(slug: str, tmp_path: Path) -> None:
    """Two builds differ in the world, or in the goals, and so in the option that passes: in nothing else.

    Anything of that in a page would show here as a byte: an option marked or sorted, a goal, a figure, a class, a
    hint, a length, an ETag, the proof, the digest, the title of a scenario.
    """
    topic = copied(tmp_path)
    BUILDS[slug](topic)
    one, other = Build(TOPIC), Build(topic)
    assert passing(one.files, slug) != passing(other.files, slug)
    assert len(passing(other.files, slug)) == 1
    sent, sent_by_other = one.sent(slug), other.sent(slug)
    assert len(sent) == 17
    assert slug in sent[4]
    assert sent == sent_by_other


@pytest.mark.django_db
def test_two_builds_with_different_words_are_told_apart(tmp_path: Path) -> None:
    """The comparison can fail: one letter of the prompt is enough."""
    topic = copied(tmp_path)
    change(topic / "tasks" / "first-users.yaml", ("v1 serves everyone.", "v1 serves everybody."))
    assert Build(TOPIC).sent("first-users") != Build(topic).sent("first-users")


def _restart_mends_it(topic: Path) -> None:
    """The same words, but "Remove" and "Change" have changed places in what they do; "Restart" is untouched."""
    mended = """set_traffic({"new_model": ‹share/100›, "old_model": ‹1-share/100›}, unit='fraction')"""
    change(
        topic / "questions" / "all-traffic-by-mistake.yaml",
        (f"      {mended}\n", "      *\n"),
        ("      remove_model('v1')\n", f"      {mended}\n"),
        ("      *\n", "      remove_model('v1')\n"),
    )


def _another_share_passes(topic: Path) -> None:
    """The same words, but the options "10" and "100" have changed places in what they fill in."""
    change(
        topic / "tasks" / "first-users.yaml",
        (
            "options: [‹one›, '100', '0', ‹60-one›]",
            "options: [{text: '‹one›', fill: '100'}, {text: '100', fill: '‹one›'}, '0', '‹60-one›']",
        ),
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "build", "answer"),
    [
        ("all-traffic-by-mistake", _restart_mends_it, {"choice": "Restart"}),
        ("first-users", _another_share_passes, {"traffic": "0"}),
        ("first-users", _another_share_passes, {"traffic": "50"}),
    ],
)
def test_the_verdict_on_a_wrong_answer_says_nothing_of_the_others(
    slug: str, build: object, answer: dict[str, str], tmp_path: Path
) -> None:
    """Two builds in which the other options do other things, and the learner's own does the same: the same bytes."""
    topic = copied(tmp_path)
    assert callable(build)
    build(topic)
    one, other = Build(TOPIC), Build(topic)
    item = one.files.items[slug]
    whole = {
        blank: next(option.text for option in item.options_for(blank) if option.text.startswith(text))
        for blank, text in answer.items()
    }
    assert passing(one.files, slug) != passing(other.files, slug)
    sent = one.sent(slug, answer=whole)
    assert '<section class="verdict failed"' in sent[0]
    assert sent == other.sent(slug, answer=whole)


@pytest.mark.django_db
def test_a_wrong_claim_about_what_is_printed_does_not_show_what_is() -> None:
    """The code is the same for every option, so its output would be the other options' verdict."""
    build = Build(TOPIC)
    right = passing(build.files, "who-is-routed")
    texts = [option.text for option in build.files.items["who-is-routed"].options_for("choice")]
    wrong = next(text for text in texts if {"choice": text} not in right)
    refuted = build.sent("who-is-routed", answer={"choice": wrong})
    assert "The code printed something else." in _plain(refuted[0])
    assert not [page for page in refuted if "Printed" in page]
    assert "Printed" in build.sent("who-is-routed", answer=right[0])[0]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", "", text))).strip()


@pytest.mark.django_db
@pytest.mark.parametrize("slug", IN_PRACTICE)
def test_nothing_of_the_end_is_sent_while_tries_are_left(slug: str) -> None:
    """Neither the worked solution nor the mistakes, hints, other notes or goals' other runs, before it is resolved."""
    build = Build(TOPIC)
    item = build.files.items[slug]
    right = passing(build.files, slug)
    wrong = next(
        chosen
        for answer in item.assignments()
        if (chosen := {blank: option.text for blank, option in item.chosen(answer).items()}) not in right
    )
    before = build.sent(slug)
    after = build.sent(slug, answer=wrong)
    late = [
        _plain(text) for text in (*item.solution, *item.hints, *item.mistakes, item.quick_check) if "{{" not in text
    ]
    late += [part.title for part in item.afterwards]
    late = [text.replace("`", "").replace("*", "") for text in late]
    late += ["What passes:", "Step by step", "Common mistakes", "Quick check"]
    late += ["From your answer", "What each answer would have done", "in the lab"]
    for page in (*before, *after):
        assert not [text for text in late if text in _plain(page)]
    goals = [goal.name for goal in item.goals]
    goals += [goal.name for blank in item.blanks for option in item.options_for(blank) for goal in option.claim]
    for page in before:
        assert not [name for name in goals if name in _plain(page)]
