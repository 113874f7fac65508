"""Requests that are no answers: each gets a plain refusal, costs nothing, and is never an error of the server."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from canarylearn.learning.forms import KEY
from canarylearn.learning.models import Attempt, Learner
from tests.kept import kept_attempts
from tests.people import QUESTION, TASK, Person, Reply, Visitor, answers, chosen, item_of, path_of
from tests.serving import Site

GOOD_KEY = "a-key-of-24-characters-x"
NOT_AN_ANSWER = "That was not an answer to this page. No try was used."

both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
both_rooms = pytest.mark.parametrize("slug", [TASK, QUESTION])


def full_form(slug: str) -> dict[str, str]:
    """A form that would count."""
    return {"key": GOOD_KEY, "version": "1", **chosen(slug, answers(slug, passing=False)[0])}


def one_field(slug: str) -> str:
    """The name of a field that holds an option."""
    return next(iter(chosen(slug, answers(slug, passing=False)[0])))


def attempt_path(slug: str) -> str:
    """Where answers go."""
    return f"{path_of(slug)}attempt/"


def is_refused(visitor: Visitor, slug: str, reply: Reply) -> bool:
    """Whether it was refused in plain words, and nothing was counted or written."""
    assert "Traceback" not in reply.text
    assert visitor.tries_left(slug) == item_of(slug).tries
    assert not Attempt.objects.exists()
    assert not Learner.objects.exists()
    return 400 <= reply.status < 500


OPTIONS = ["Z", "a", "AA", "0", "-1", " A", "A ", "А", "\u202eA", "A\x00", "A\n", "'; --", "x" * 10_000]


@both_ways
@both_rooms
@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_that_is_not_on_offer_is_refused(visitor: Visitor, slug: str, option: str, htmx: bool) -> None:
    reply = visitor.post(attempt_path(slug), {**full_form(slug), one_field(slug): option}, htmx=htmx)
    assert is_refused(visitor, slug, reply)
    assert reply.status == 422
    assert reply.message == NOT_AN_ANSWER


@both_rooms
def test_the_blanks_of_another_item_are_no_answer_to_this_one(visitor: Visitor, slug: str) -> None:
    other = QUESTION if slug == TASK else TASK
    reply = visitor.post(attempt_path(slug), full_form(other))
    assert reply.status == 200
    assert "No try was used." in reply.message
    assert reply.tries_left == item_of(slug).tries
    assert not Learner.objects.exists()


KEYS = [
    "",
    "short",
    "k" * 41,
    "k" * 40 + "\n",
    "k" * 20 + "\x00",
    "k" * 20 + "é",
    "k" * 10 + " " + "k" * 10,
    "k" * 9999,
]


@both_ways
@both_rooms
@pytest.mark.parametrize("key", KEYS)
def test_a_key_the_server_did_not_make_is_refused(visitor: Visitor, slug: str, key: str, htmx: bool) -> None:
    reply = visitor.post(attempt_path(slug), {**full_form(slug), "key": key}, htmx=htmx)
    assert is_refused(visitor, slug, reply)
    assert reply.message == NOT_AN_ANSWER


VERSIONS = {
    "": 422,
    "0": 422,
    "-1": 422,
    "one": 422,
    "1e3": 422,
    "9" * 5000: 422,
    "1\x00": 422,
    "2": 409,
    "9" * 30: 409,
}


@both_rooms
@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_that_is_not_the_current_one_is_refused(visitor: Visitor, slug: str, version: str) -> None:
    reply = visitor.post(attempt_path(slug), {**full_form(slug), "version": version})
    assert is_refused(visitor, slug, reply)
    assert reply.status == VERSIONS[version]
    assert "No try was used" in reply.message


@both_rooms
@pytest.mark.parametrize("missing", ["key", "version"])
def test_a_form_with_a_part_missing_is_refused_and_keeps_what_was_chosen(
    visitor: Visitor, slug: str, missing: str
) -> None:
    fields = full_form(slug)
    del fields[missing]
    reply = visitor.post(attempt_path(slug), fields)
    assert is_refused(visitor, slug, reply)
    assert reply.text.count(" selected>") + reply.text.count(" checked>") == len(item_of(slug).blanks)


BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "application/x-www-form-urlencoded"),
    "no type": (urlencode(full_form(TASK)).encode(), ""),
    "json": (b'{"key": "x"}', "application/json"),
    "plain text": (urlencode(full_form(TASK)).encode(), "text/plain"),
    "an odd type": (urlencode(full_form(TASK)).encode(), "\x00/;;=;"),
    "not utf-8": (b"key=%ff%fe&version=1&choice=\xff", "application/x-www-form-urlencoded"),
    "bytes": (bytes(range(256)), "application/x-www-form-urlencoded"),
    "three megabytes": (b"key=" + b"k" * 3_000_000, "application/x-www-form-urlencoded"),
    "thousands of fields": (b"&".join(b"f%d=1" % n for n in range(5000)), "application/x-www-form-urlencoded"),
    "parts without a boundary": (b"x", "multipart/form-data"),
    "parts with a boundary too long": (b"x", "multipart/form-data; boundary=" + "a" * 5000),
    "parts that break off": (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
    "a file for a key": (
        b'--x\r\nContent-Disposition: form-data; name="key"; filename="k"\r\n\r\nkkkk\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "bad base64": (
        b'--x\r\nContent-Disposition: form-data; name="key"\r\nContent-Transfer-Encoding: base64\r\n\r\n*\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
}


@both_rooms
@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_form_is_refused(visitor: Visitor, slug: str, name: str) -> None:
    body, content_type = BODIES[name]
    assert is_refused(visitor, slug, visitor.send(attempt_path(slug), body, content_type))


PATHS = ["nobody/", "%ff/", "%00/", "a" * 3000 + "/", "%2e%2e/", "a b/", "ü/", "{slug}/attempt/x/", "{slug}/hints/0/"]
PATHS += ["{slug}/hints/4/", "{slug}/hints/-1/", "{slug}/hints/x/", "{slug}/hints/" + "9" * 5000 + "/"]


@both_rooms
@pytest.mark.parametrize("path", PATHS)
def test_an_address_that_does_not_exist_is_not_found(visitor: Visitor, slug: str, path: str) -> None:
    where = path_of(slug).replace(f"{slug}/", path.format(slug=slug))
    reply = visitor.get(where)
    assert reply.status == 404
    assert "This page does not exist" in reply.text
    assert visitor.post(where, full_form(slug)).status in (404, 405)
    assert is_refused(visitor, slug, reply)


def test_an_unknown_item_has_no_forms(visitor: Visitor) -> None:
    for path in ("attempt/", "hints/1/"):
        assert visitor.post(f"/practice/nobody/{path}", full_form(TASK)).status == 404
    assert not Learner.objects.exists()


@both_rooms
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(visitor: Visitor, slug: str, method: str) -> None:
    for path in (path_of(slug), attempt_path(slug), f"{path_of(slug)}hints/1/"):
        assert visitor.reply(getattr(visitor.client, method)(path)).status == 405
    assert not Learner.objects.exists()


@both_rooms
@pytest.mark.parametrize("path", ["attempt/", "hints/1/"])
def test_a_form_without_the_sites_token_is_refused_kindly(content: None, slug: str, path: str) -> None:
    stranger = Visitor(csrf=True)
    reply = stranger.post(f"{path_of(slug)}{path}", full_form(slug))
    assert reply.status == 403
    assert "The form had expired" in reply.text
    assert "no try was used" in reply.text
    assert "CSRF" not in reply.text
    assert is_refused(stranger, slug, reply)


def test_a_form_with_the_sites_token_counts(content: None) -> None:
    assert Visitor(csrf=True).answer(TASK, answers(TASK, passing=False)[0]).tries_left == 2


def blanks_of(slug: str) -> list[str]:
    """The names of the fields that hold options, in the order of the blanks."""
    return list(chosen(slug, dict.fromkeys(item_of(slug).blanks, 0)))


def forms(slug: str) -> st.SearchStrategy[dict[str, str]]:
    """Forms that are right, almost right, or anything."""
    keys = st.just(GOOD_KEY) | st.from_regex(KEY) | st.sampled_from(KEYS) | st.text(max_size=45)
    versions = st.just("1") | st.sampled_from(sorted(VERSIONS))
    options = st.sampled_from("ABCD") | st.sampled_from(OPTIONS) | st.just("") | st.text(max_size=5)
    known = {"key": keys, "version": versions} | dict.fromkeys(blanks_of(slug), options)
    return st.builds(
        lambda more, changed, left_out: {
            name: value for name, value in {**more, **full_form(slug), **changed}.items() if name not in left_out
        },
        st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
        st.fixed_dictionaries({}, optional=known),
        st.just(set()) | st.sets(st.sampled_from(sorted(known)), max_size=1),
    )


def would_count(slug: str, fields: Mapping[str, str]) -> bool:
    """Whether a form is a full answer to the first version of an item."""
    key_is_good = re.fullmatch(r"[A-Za-z0-9_-]{16,40}", fields.get("key", "")) is not None
    all_filled = all(
        fields.get(field) in list("ABCDEFGH"[: len(item_of(slug).options_for(blank))])
        for blank, field in zip(item_of(slug).blanks, blanks_of(slug), strict=True)
    )
    return key_is_good and all_filled and fields.get("version") == "1"


@pytest.mark.parametrize("slug", [TASK, QUESTION])
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_posted_counts_only_if_it_is_a_full_answer(content: None, slug: str, data: st.DataObject) -> None:
    fields = data.draw(forms(slug))
    before = Attempt.objects.count()
    reply = Visitor().post(attempt_path(slug), fields)
    assert reply.status < 500
    assert Attempt.objects.count() - before == would_count(slug, fields)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200),
    content_type=st.text(st.characters(codec="latin-1"), max_size=60) | st.just("multipart/form-data; boundary=x"),
)
def test_whatever_bytes_arrive_are_answered(content: None, body: bytes, content_type: str) -> None:
    assume("charset" not in content_type.lower())  # the server takes it away before Django sees it
    for path in (attempt_path(TASK), f"{path_of(QUESTION)}hints/1/"):
        assert Visitor().send(path, body, content_type).status < 500
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("charset", ["hex", "rot13", "utf-16", "idna", "zlib", "nonsense"])
def test_a_charset_that_is_none_does_not_break_a_served_site(site_on_each_database: Site, charset: str) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        for spelled in (f"charset={charset}", f'CHARSET = "{charset}"', f"charset*=utf-8''{charset}"):
            reply = Person(site_on_each_database.url).get("/practice/?q=%ff", **{"Content-Type": f"{kind}; {spelled}"})
            assert reply.status == 200


def test_a_served_site_refuses_what_its_database_could_not_keep(site_on_each_database: Site) -> None:
    person = Person(site_on_each_database.url)
    form = {**person.form(TASK), **chosen(TASK, answers(TASK, passing=False)[0])}
    refused = [{"key": key} for key in KEYS] + [{"version": one} for one in VERSIONS] + [{one_field(TASK): "A\x00"}]
    for change in refused:
        assert 400 <= person.post(attempt_path(TASK), {**form, **change}).status < 500
    assert kept_attempts(site_on_each_database, person.key) == []
    assert person.post(attempt_path(TASK), {**form, "key": "k" * 40}).status == 200
