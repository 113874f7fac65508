"""check_content: proves what changed, records it, and refuses what could not be published, each with its code."""

import datetime as dt
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from canarylearn.learning import content
from tests.topics import change

TOPIC = """\
slug: small-topic
title: A small topic
summary: One task, in a plain world.
rooms:
  practice: {title: Try, minutes: 1, summary: One task.}
concepts:
  first-share: {title: The first share, summary: How much of the traffic.}
tasks: [a-task]
questions: []
"""

TASK = """\
id: a-task
kind: task
concept: first-share
level: easy
title: A task
prompt: Fill it in.
template: deploy_model(version='v2', traffic_split=⟦traffic⟧)
options: ['20', '100', '0']
scenarios: [bad]
goals:
  - {name: A bad v2 is rolled back, outcome: rolled_back}
hints: [Look here., Count this., A twin.]
mistakes: [A mistake.]
solution: ["It took {{bad: time_to_notice}}."]
quick_check: A check.
"""

SCENARIO = """\
slug: bad
title: v2 is bad
about: v1 fails 1 % of its requests, and v2 fails 15 %.
window: 90m
trial: 1h
interval: 5m
traffic: {requests_per_second: 2, users: 500}
stable: {name: v1, p50: 120ms, p95: 300ms, errors: 1%}
canary: {name: v2, p50: 120ms, p95: 300ms, errors: 15%}
"""


@pytest.fixture
def topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A curriculum of one small topic, instead of the real one."""
    folder = tmp_path / "content" / "small-topic"
    write(folder)
    monkeypatch.setattr(content, "CONTENT", folder.parent)
    monkeypatch.setattr(content, "LOCK", folder.parent / "proofs.lock.json")
    return folder


def write(folder: Path, slug: str = "small-topic", task: str = "a-task") -> None:
    for name in ("tasks", "scenarios"):
        (folder / name).mkdir(parents=True)
    (folder / "topic.yaml").write_text(TOPIC.replace("small-topic", slug).replace("a-task", task), encoding="utf-8")
    (folder / "tasks" / f"{task}.yaml").write_text(TASK.replace("a-task", task), encoding="utf-8")
    (folder / "scenarios" / "bad.yaml").write_text(SCENARIO, encoding="utf-8")


def lock() -> dict[str, dict[str, object]]:
    kept: dict[str, dict[str, object]] = json.loads(content.LOCK.read_text(encoding="utf-8"))
    return kept


def check(*arguments: str) -> str:
    out = StringIO()
    call_command("check_content", "--quiet", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> tuple[str, str]:
    """What is written, and what the command fails with."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("check_content", "--quiet", *arguments, stdout=out)
    return out.getvalue(), str(caught.value)


def proven_by(written: str) -> set[str]:
    """The items that were proven just now."""
    return {line.split()[1].rstrip(":") for line in written.splitlines() if line.startswith("proven ")}


def edit(before: str, after: str, name: str = "tasks/a-task.yaml") -> Callable[[Path], None]:
    return lambda topic: change(topic / name, (before, after))


def test_a_sound_item_is_proven_over_59_seeds_and_recorded(topic: Path) -> None:
    assert check() == "proven a-task: 3 answers, 1 scenarios, 59 seeds, guess floor 33.3%\n"
    assert lock()["a-task"]["seeds"] == 59
    before = content.LOCK.read_bytes()
    check("--all")
    assert content.LOCK.read_bytes() == before
    check("--check")


@pytest.mark.parametrize(
    ("broken", "code", "said"),
    [
        pytest.param(edit("'20', '100', '0'", "'100', '0'"), "none-passes", "no answer reaches every goal", id="none"),
        pytest.param(
            edit("'20', '100', '0'", "'20', '30', '0'"), "several-pass", "2 answers pass, and 1 should", id="two"
        ),
        pytest.param(
            edit("errors: 15%", "errors: 2%", "scenarios/bad.yaml"),
            "depends-on-luck",
            "traffic = 20 passes under",
            id="luck",
        ),
        pytest.param(
            edit("It took {{bad: time_to_notice}}.", "It took 99 min."),
            "number-without-run",
            "the number 99",
            id="number",
        ),
        pytest.param(
            edit("quick_check: A check.", "quick_check: A check.\nruns: {all: 'promote('}"),
            "code-refused",
            "run 'all', line 1",
            id="code",
        ),
        pytest.param(
            edit("traffic_split=⟦traffic⟧)", "traffic_split=⟦traffic⟧"),
            "none-passes",
            "no answer reaches",
            id="template",
        ),
    ],
)
def test_an_item_that_may_not_be_published_is_refused_with_its_code(
    topic: Path, broken: Callable[[Path], None], code: str, said: str
) -> None:
    broken(topic)
    written, error = refused()
    assert written.startswith("refused a-task: ")
    assert f"  {code}: " in written
    assert said in written
    assert error.endswith("nothing was recorded")
    assert not content.LOCK.exists()


def test_a_file_that_cannot_be_read_is_named_with_its_line(topic: Path) -> None:
    change(topic / "tasks" / "a-task.yaml", ("level: easy", "level: trivial"))
    written, error = refused()
    assert written == ""
    assert error == "tasks/a-task.yaml: level: Input should be 'easy', 'medium' or 'hard' (line 4)"


def test_check_fails_while_the_lock_is_out_of_date_and_writes_nothing(topic: Path) -> None:
    out_of_date = "the proofs beside the content are out of date; run 'manage.py check_content' and commit"
    assert refused("--check")[1] == out_of_date
    assert not content.LOCK.exists()
    check()
    before = content.LOCK.read_bytes()
    change(topic / "tasks" / "a-task.yaml", ("prompt: Fill it in.", "prompt: Fill it in, please."))
    assert refused("--check")[1] == out_of_date
    assert content.LOCK.read_bytes() == before
    check()
    check("--check")


def test_a_proof_in_an_older_form_counts_as_none(topic: Path) -> None:
    check()
    kept = lock()
    del kept["a-task"]["outcomes"]
    content.LOCK.write_text(json.dumps(kept), encoding="utf-8")
    assert content.read_lock() == {}
    check()
    assert "outcomes" in lock()["a-task"]


def test_an_engine_that_ends_the_runs_otherwise_is_not_silent(topic: Path) -> None:
    """The item is as it was, and its verdicts are not those that were proven: the proof says so, and so does git."""
    check()
    kept = lock()
    kept["a-task"]["outcomes"] = "0" * 64
    content.LOCK.write_text(json.dumps(kept), encoding="utf-8")
    assert "its runs end otherwise than when it was proven" in check("--all")
    assert lock()["a-task"]["outcomes"] != "0" * 64


def test_only_what_changed_is_proven_again_and_a_sample_that_rotates_by_the_day(topic: Path) -> None:
    slugs = [f"task-{number}" for number in range(3)]
    (topic / "tasks" / "a-task.yaml").unlink()
    for slug in slugs:
        (topic / "tasks" / f"{slug}.yaml").write_text(TASK.replace("a-task", slug), encoding="utf-8")
    change(topic / "topic.yaml", ("[a-task]", f"[{', '.join(slugs)}]"))
    assert proven_by(check()) == set(slugs)
    today = dt.datetime.now(tz=dt.UTC).date().toordinal()
    sampled = {slugs[day % 3] for day in (today, today + 1)}  # in case midnight passes
    assert proven_by(check()) <= sampled
    change(topic / "tasks" / "task-1.yaml", ("prompt: Fill it in.", "prompt: Fill it in, please."))
    assert "task-1" in (found := proven_by(check()))
    assert found - {"task-1"} <= sampled
    assert proven_by(check("--all")) == set(slugs)


def test_two_topics_do_not_share_an_item(topic: Path) -> None:
    write(topic.parent / "other-topic", slug="other-topic")
    _, error = refused()
    assert error == "two topics have items with these ids: a-task; rename one of each"


def test_a_topic_whose_longest_options_pass_is_refused(topic: Path) -> None:
    (topic / "questions").mkdir()
    slugs = [f"question-{number}" for number in range(3)]
    for slug in slugs:
        text = TASK.replace("id: a-task", f"id: {slug}").replace("kind: task", "kind: question")
        text = text.replace("⟦traffic⟧", "⟦choice⟧").replace(
            "['20', '100', '0']", "[{text: A share of twenty percent, fill: '20'}, {text: No share, fill: '0'}]"
        )
        (topic / "questions" / f"{slug}.yaml").write_text(text, encoding="utf-8")
    rooms = "rooms:\n  quizzes: {title: Questions, minutes: 1, summary: Three of them.}\n"
    change(topic / "topic.yaml", ("questions: []", f"questions: [{', '.join(slugs)}]"), ("rooms:\n", rooms))
    written, _ = refused()
    assert "small-topic: longest-passes: the longest option passes in 3 of 3 questions" in written


def test_a_page_is_held_to_its_runs_and_its_questions_are_proven(topic: Path) -> None:
    (topic / "pages").mkdir()
    page = topic / "pages" / "why.md"
    facts = "---\ntitle: Why\nminutes: 1\nbegin: jump in\nsummary: A page.\n---\n"
    question = (
        "::: ask a-question\ntitle: How much?\nprompt: Choose.\n"
        "template: rollout_canary(model='v2', traffic=⟦choice⟧, duration='1h')\noptions: ['20', '0']\n"
        "scenarios: [bad]\ngoals:\n  - {name: A bad v2 is rolled back, outcome: rolled_back}\n:::\n"
    )
    page.write_text(f"{facts}\nThere are 7 users.\n\n{question}", encoding="utf-8")
    with pytest.raises(CommandError, match=r"pages/why\.md: number-without-run: .*7 .*\(line 8\)"):
        check()
    page.write_text(f"{facts}\nThere are users.\n\n{question}", encoding="utf-8")
    assert "proven a-question: 2 answers" in check()
    assert set(lock()) == {"a-task", "a-question"}
    both = question.replace("'0']", "'30']")
    page.write_text(f"{facts}\n{both}", encoding="utf-8")
    with pytest.raises(CommandError, match="1 problem"):
        check()


def test_a_folder_elsewhere_is_proven_beside_itself(topic: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    topic.parent.rename(elsewhere)
    call_command("check_content", elsewhere, quiet=True, stdout=StringIO())
    assert list(json.loads((elsewhere / "proofs.lock.json").read_text(encoding="utf-8"))) == ["a-task"]
    assert not content.LOCK.exists()
    call_command("check_content", elsewhere, check=True, quiet=True, stdout=StringIO())
    with pytest.raises(CommandError, match="there is no topic in it; give the folder that holds"):
        call_command("check_content", elsewhere / topic.name, quiet=True, stdout=StringIO())
