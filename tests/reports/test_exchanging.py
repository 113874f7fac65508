"""Questions out and in by the page: what a browser can do, and what the commands do as well."""

import gzip
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from canarylearn.authoring.models import AuditEntry, Draft
from canarylearn.classes.roles import AUTHOR, INSTRUCTOR
from canarylearn.exchange import ENDINGS
from canarylearn.exchange.guards import MOST_BYTES
from tests.classes.school import TOPIC, account, signed_in
from tests.people import QUESTION, TASK, Reply, Visitor

pytestmark = pytest.mark.usefixtures("content")

EXCHANGE = "/teach/exchange/"

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><quiz>&b;</quiz>"""
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question>&x;</question></quiz>'
)


@pytest.fixture
def teacher() -> Visitor:
    return signed_in(account("turing", INSTRUCTOR))


def bring(visitor: Visitor, data: bytes, format: str, name: str = "x") -> Reply:  # noqa: A002
    """Send a file."""
    file = SimpleUploadedFile(name, data)
    return visitor.post(EXCHANGE, {"do": "in", "format": format, "topic": TOPIC, "file": file})


@pytest.mark.parametrize("format", ENDINGS)
def test_questions_go_out_as_a_file_and_come_back_as_drafts(teacher: Visitor, format: str) -> None:  # noqa: A002
    reply = teacher.post(EXCHANGE, {"do": "out", "format": format, "items": [TASK, QUESTION]})
    assert reply.status == 200
    assert reply.header("Content-Disposition") == f'attachment; filename="questions{ENDINGS[format]}"'
    back = bring(teacher, reply.body, format, "../../etc/passwd")
    assert back.status == 200
    assert {draft.slug.removesuffix("-2") for draft in Draft.objects.all()} == {TASK, QUESTION}
    assert all(draft.unproven for draft in Draft.objects.all())
    for draft in Draft.objects.all():
        assert f'<a href="/admin/authoring/draft/{draft.pk}/change/">' in back.text
    assert "is there already" in back.text
    kept = list(AuditEntry.objects.order_by("pk").values_list("what", "target"))
    assert kept == [("questions exported", format), ("questions imported", f"topic {TOPIC}")]


def test_an_author_brings_questions_in_too_and_owns_the_drafts(teacher: Visitor) -> None:
    data = teacher.post(EXCHANGE, {"do": "out", "format": "gift", "items": [TASK]}).body
    knuth = account("knuth", AUTHOR)
    assert bring(signed_in(knuth), data, "gift").status == 200
    assert Draft.objects.get().owner == knuth
    assert bring(signed_in(account("ada")), data, "gift").status == 403
    assert bring(Visitor(), data, "gift").status == 302


def test_what_a_file_does_not_carry_is_said_before_it_is_taken(teacher: Visitor) -> None:
    reply = teacher.post(EXCHANGE, {"do": "look", "format": "csv", "items": [TASK]})
    assert "come back with the mark alone" in reply.text
    assert f'value="{TASK}" checked' in reply.text
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "fields", [{}, {"do": "out"}, {"do": "out", "format": "gift", "items": ["nowhere"]}, {"do": "in"}, {"do": "x"}]
)
def test_a_form_that_says_too_little_is_shown_again(teacher: Visitor, fields: dict[str, object]) -> None:
    reply = teacher.post(EXCHANGE, fields)
    assert (reply.status, "attachment" in str(reply.headers)) == (422, False)
    assert not AuditEntry.objects.exists()


def packed() -> bytes:
    """A zip archive with a path that leads out of where it is unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../x.gift", "::x::y {=a ~b}")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "format", "said"),
    [
        (LAUGHS, "moodle-xml", "Line 2"),
        (OUTSIDE, "moodle-xml", "Line 1"),
        (b"<quiz>" + b"<a>" * 50_000, "moodle-xml", "Line 1"),
        (packed(), "gift", "a zip archive"),
        (packed(), "csv", "a zip archive"),
        (gzip.compress(b"x" * 9_000_000), "moodle-xml", "a gzip archive"),
        (b"x" * (MOST_BYTES + 1), "gift", "split the file"),
        (b"question,text,option\n" * 30_000, "csv", "split the file"),
        (b"\xff\xfe", "csv", "UTF-8"),
        (b"a\x00b", "gift", "control character"),
    ],
)
def test_bombs_archives_and_what_is_no_text_bring_nothing_in(
    teacher: Visitor,
    data: bytes,
    format: str,  # noqa: A002
    said: str,
) -> None:
    reply = bring(teacher, data, format)
    assert (reply.status, said in reply.text, "Nothing came in." in reply.text) == (422, True, True)
    assert "root:" not in reply.text
    assert not Draft.objects.exists()
    assert not AuditEntry.objects.exists()
