"""What a person, or a program, can send to the lab: it is answered soon, in plain words, and never with a fault."""

import re
import time
from html import unescape
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canarylearn.lab.beginning import CHECKS, FIELDS_OF, STEPS, TO_BEGIN_WITH
from canarylearn.lab.links import address, pack
from tests.dialects.hostile_scripts import HOSTILE
from tests.lab.test_links import GARBLED
from tests.lab.visiting import FAILS, LAB, filled, opened, send
from tests.people import Reply, Visitor

SECONDS = 3.5
"""A call is given up after 2.5; the rest is for a busy machine."""
ANY_SETTING = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_PYTHON_INSIDE = re.compile(
    r"Traceback|<class|object at 0x|NoneType|[A-Z][a-z]+(Error|Exception)\b|/usr/lib|/site-packages"
)


def assert_answered(reply: Reply, began: float) -> None:
    """The answer came soon, is a page of the lab, and shows nothing of what is behind it."""
    assert time.monotonic() - began < SECONDS
    assert reply.status in (200, 400, 403, 422), reply.status
    assert 'id="ran"' in reply.text
    results = unescape(re.sub(r"<textarea.*?</textarea>|<pre.*?</pre>", "", reply.text, flags=re.DOTALL))
    assert not _PYTHON_INSIDE.search(results)
    assert "fault of this site" not in results


SENDABLE = {name: source for name, source in HOSTILE.items() if not re.search("[\ud800-\udfff]", source)}
"""Halves of letters cannot be sent in a form; in an address they are garbled."""


def test_every_hostile_script_is_refused_with_its_line_or_its_reason(visitor: Visitor) -> None:
    assert len(SENDABLE) >= 200
    let_through = []
    for name, source in SENDABLE.items():
        began = time.monotonic()
        reply = send(visitor, filled(way="script", script=source), htmx=True)
        assert_answered(reply, began)
        refused = re.search(r'<li class="error"><b>Line \d+\.</b> .{10}', unescape(reply.text))
        if "Rolled back" in reply.text or not (refused or "Nothing was run" in reply.text):
            let_through.append(name)
    assert let_through == []


_LONG = "x" * 3000
MANIFESTS = {
    "aliases that multiply": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]" for n in range(9)),
    "an anchor in itself": "&a [*a]",
    "a tag that makes objects": "!!python/object/apply:os.system ['true']",
    "a tag of its own": "!boom {a: 1}",
    "deep lists": "[" * 30_000,
    "deep dicts": "{a: " * 10_000,
    "deep blocks": "\n".join(" " * n + "a:" for n in range(300)),
    "many keys": "\n".join(f"k{n}: {n}" for n in range(6000)),
    "one key twice": "kind: Rollout\nkind: Rollout",
    "many documents": "---\na: 1\n" * 5000,
    "no documents": "---\n---\n...\n",
    "a null byte by escape": 'kind: "a\\0b"',
    "an escape character": 'kind: "\\x1b[31m"',
    "half a letter": 'kind: "\\ud800"',
    "a reversed letter": "kind: '\u202e'",
    "a byte order mark": "\ufeffkind: Rollout",
    "a huge number": "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {replicas: " + "9" * 5000 + "}",
    "a huge exponent": "traffic: {a: 1e999, b: 1}",
    "not a number": "traffic: {a: .nan, b: .inf}",
    "minus nothing": "traffic: {a: -0, b: 100}",
    "truths as weights": "traffic: {a: true, b: yes}",
    "a share in text": "traffic: {a: '10%', b: '90%'}",
    "a long word": f"kind: {_LONG}",
    "a long key": f"? {_LONG}\n: 1",
    "tabs": "kind:\tRollout\n\tspec: 1",
    "a quote without end": "kind: 'Rollout",
    "thousands of steps": "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec:\n  strategy:\n"
    "    canary:\n      steps:\n"
    + "".join(f"        - setWeight: {n % 101}\n        - pause: {{duration: 1s}}\n" for n in range(1000)),
    "Flagger that steps for ever": "apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: a}\nspec:\n"
    "  targetRef: {kind: Deployment, name: a}\n  service: {port: 80}\n"
    "  analysis: {interval: 1ms, threshold: 1000000000, stepWeight: 1, maxWeight: 100, metrics: []}",
    "a pause of ten thousand years": "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec:\n"
    "  strategy: {canary: {steps: [{setWeight: 1}, {pause: {duration: 87600000h}}]}}",
    "a script in the wrong place": "set_weight(10)\npromote()",
    "JSON": '{"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}',
    "an expression that recurses": "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\n"
    "metadata: {name: a}\nspec:\n  metrics:\n    - name: a\n      successCondition: '"
    + "(" * 5000
    + "'\n      provider: {job: {}}",
}


@pytest.mark.parametrize("text", MANIFESTS.values(), ids=MANIFESTS.keys())
def test_a_hostile_manifest_is_answered(visitor: Visitor, text: str) -> None:
    began = time.monotonic()
    assert_answered(send(visitor, filled(way="manifest", manifest=text)), began)


@pytest.mark.parametrize("packed", GARBLED.values(), ids=GARBLED.keys())
def test_an_address_that_holds_no_plan_says_so(visitor: Visitor, packed: str) -> None:
    began = time.monotonic()
    reply = visitor.get(f"{LAB}?{urlencode({'p': packed})}")
    assert_answered(reply, began)
    assert reply.status == 400
    assert "This address holds no plan that can be read" in reply.text
    began = time.monotonic()
    assert_answered(visitor.get(address(pack(filled()), packed)), began)


PACKED = {
    "nothing at all": {},
    "a scenario alone": {"scenario": FAILS},
    "a way alone": {"way": "form"},
    "fields nobody knows": {**filled(), "admin": "1", "csrfmiddlewaretoken": "x", "": ""},
    "a null byte": filled(seed="\0"),
    "not a number": filled(seed="NaN", replicas="inf"),
    "a huge exponent": filled(seed="1e999"),
    "a number of 5,000 digits": filled(seed="9" * 5000),
    "digits of another script": filled(seed="١٢"),
    "an endless script": filled(way="script", script="while True:\n    pass"),
    "a script in the way of a manifest": filled(way="manifest", manifest="promote()"),
    "a path for a scenario": filled(scenario="../../manage"),
    "a list for a way": filled(way="['form']"),
    "a metric of the form's making": filled(way="manifest", named_1="x" * 300, measures_1="p95"),
}


@pytest.mark.parametrize("fields", PACKED.values(), ids=PACKED.keys())
def test_a_plan_that_no_form_has_packed_is_answered(visitor: Visitor, fields: dict[str, str]) -> None:
    began = time.monotonic()
    assert_answered(opened(visitor, **fields), began)


def test_a_plan_that_takes_too_long_is_stopped_in_plain_words(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The largest plans that the engine takes, on the largest traffic, as fast or as slow as this machine is."""
    began = time.monotonic()
    reply = send(visitor, filled(hold_1="60h", hold_2="25h", hold_3="20h", routing="per-request"))
    assert_answered(reply, began)
    assert "Your plan was stopped" in reply.text or "Rolled back" in reply.text


def test_a_body_of_ten_megabytes_is_refused(visitor: Visitor) -> None:
    began = time.monotonic()
    body = urlencode(filled(way="manifest", manifest="a: 1\n" * 2_000_000)).encode()
    assert len(body) > 10_000_000
    assert visitor.send(LAB, body).status == 400
    many = "&".join(f"weight_{number}=1" for number in range(50_000)).encode()
    assert visitor.send(LAB, many).status == 400
    assert time.monotonic() - began < 2 * SECONDS


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\xfe%00=%ff&way=%c3%28", "application/x-www-form-urlencoded"),
        (b"way=form&way=script&scenario=a&scenario=b", "application/x-www-form-urlencoded"),
        (b'{"way": "form"}', "application/json"),
        (b"way: form", "text/yaml"),
        (
            b'--x\r\nContent-Disposition: form-data; name="way"\r\n\r\nform\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_body_that_is_no_form_of_ours_is_answered(visitor: Visitor, body: bytes, content_type: str) -> None:
    began = time.monotonic()
    reply = visitor.send(LAB, body, content_type)
    assert_answered(reply, began)
    assert reply.status == 422


def test_a_form_of_another_site_is_refused(content: None) -> None:
    assert Visitor(csrf=True).post(LAB, filled()).status == 403


# Whatever else

NAMES = st.sampled_from(["p", "before", "scenario", "seed", "way", "q", *TO_BEGIN_WITH])
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from([*GARBLED.values()][:12]),
    st.just(pack(filled())),
    st.builds(lambda cut: pack(filled())[:cut], st.integers(0, 200)),
)
FIELDS = st.sampled_from(["scenario", "seed", "way", *(name for names in FIELDS_OF.values() for name in names)])
_CHOICES = ["judge", "checks", "failed-checks", "nobody", "pods", "form", "script", "manifest", "p95", "at_least"]
AMOUNTS = st.sampled_from(
    [
        "",
        *_CHOICES,
        "0",
        "-0",
        "1",
        "5",
        "100",
        "101",
        "0.5",
        "nan",
        "inf",
        "1e999",
        "5%",
        "10m",
        "1ms",
        "999999d",
        "0s",
    ]
)


@ANY_SETTING
@given(st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_any_query_is_answered(visitor: Visitor, query: list[tuple[str, str]]) -> None:
    encoded = urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in query])
    began = time.monotonic()
    assert_answered(visitor.get(f"{LAB}?{encoded}"), began)


@ANY_SETTING
@given(st.binary(max_size=80))
def test_any_bytes_as_a_query_are_answered(visitor: Visitor, query: bytes) -> None:
    began = time.monotonic()
    answer = visitor.client.get(LAB, QUERY_STRING=query.decode("latin-1"))
    assert_answered(visitor.reply(answer), began)


@ANY_SETTING
@given(st.dictionaries(FIELDS, st.one_of(AMOUNTS, st.text(max_size=30)), max_size=6))
def test_any_form_is_answered(visitor: Visitor, changes: dict[str, str]) -> None:
    began = time.monotonic()
    changed = {name: value.encode("utf-8", "replace").decode() for name, value in changes.items()}
    assert_answered(send(visitor, filled(**changed)), began)


def test_the_largest_form_is_answered(visitor: Visitor) -> None:
    steps = {f"weight_{n}": "12.34" for n in range(1, STEPS + 1)} | {f"hold_{n}": "59m" for n in range(1, STEPS + 1)}
    checks = {f"metric_{n}": "p99" for n in range(1, CHECKS + 1)} | {f"value_{n}": "9m" for n in range(1, CHECKS + 1)}
    began = time.monotonic()
    reply = send(visitor, filled(**steps, **checks, decides="failed-checks", interval="15s"))
    assert_answered(reply, began)
    assert len(reply.body) < 400_000
