"""Proofs in the background: what they show, one at a time, called off, killed, and begun again."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from canarylearn.authoring import proofs
from canarylearn.authoring.matrix import Cancelled, prove_with_matrix, read_matrix
from canarylearn.authoring.models import Draft, ProofRun, ProofState
from canarylearn.authoring.processors import on_processors
from canarylearn.authoring.proofs import ask_for_proof, cancel_proof, latest_proof, prove_next
from canarylearn.items import prove
from canarylearn.items.reading import read_as
from canarylearn.items.spec import Item
from canarylearn.items.writing import item_text
from tests.authoring.small import GOOD, as_fields, small_topic
from tests.authoring.writing import Author
from tests.serving import Site
from tests.topics import curriculum


@pytest.fixture
def draft(db: None) -> Draft:
    """A draft that is in order, not proven yet."""
    small_topic()
    author = Author()
    made = author.begin("new:task", "Small", "small-share")
    author.send(made, {"stamp": "1", "as": "form", **as_fields(GOOD)})
    made.refresh_from_db()
    return made


def test_the_matrix_says_of_each_answer_what_came_of_it() -> None:
    item = curriculum().items["first-users"].model_copy(update={"variants": 0, "parameters": {}})
    scenarios = curriculum().scenarios_of(item)
    told: list[int] = []
    proof, problems, rows = prove_with_matrix(item, scenarios, told.append, range(5))
    assert (proof, problems) == prove(item, scenarios, range(5)), "it is the very proof that files get"
    assert told == [4, 8, 12, 16, 20]
    by = {row["answer"]: row for row in rows}
    best, everyone, nobody = by["traffic = 10"], by["traffic = 100"], by["traffic = 0"]
    assert (best["passes"], best["seeds"], best["met"], best["goals"]) == (5, 5, 3, 3)
    assert best["endings"][0].startswith("rolled back")
    assert everyone["passes"] == 0
    assert everyone["harmed"] > best["harmed"] > 0
    assert nobody["harmed"] == 0
    assert "misses “A bad v2 is noticed" in nobody["reason"]
    assert best["near"]["goal"] == "At most 20 % of users meet the bad v2"
    assert 0 < best["near"]["share"] < 1
    reading = read_matrix(rows)
    assert [row["answer"] for row in reading.passing] == ["traffic = 10"]
    assert reading.guess == 0.25
    assert reading.guess < reading.prior < 1


def test_answers_that_fall_for_one_reason_stand_together() -> None:
    def row(answer: str, passes: int, reason: str, missed: int, near: float | None = None) -> dict[str, object]:
        close = None if near is None else {"share": near, "goal": "g", "value": "1", "limit": "2", "seed": 3}
        return {"answer": answer, "passes": passes, "seeds": 5, "reason": reason, "missed": missed, "near": close}

    rows = [row("a", 5, "", 0, 0.05), row("b", 0, "same", 1), row("c", 0, "same", 3), row("d", 2, "other", 1, 0.5)]
    reading = read_matrix(rows)
    assert reading.same == [("same", ["b", "c"])]
    assert [one["answer"] for one in reading.close] == ["a"]
    assert [one["answer"] for one in reading.undecided] == ["d"]


def test_variants_are_proven_as_for_files_also_on_processors() -> None:
    item = curriculum().items["first-users"]
    scenarios = curriculum().scenarios_of(item)
    proof, problems, rows = prove_with_matrix(item, scenarios, lambda done: None, range(2))
    assert (proof, problems) == prove(item, scenarios, range(2))
    with on_processors(is_long=False) as spread:
        assert prove_with_matrix(item, scenarios, lambda done: None, range(2), spread) == (proof, problems, rows)
    assert (len(proof.variants), len(rows)) == (4, 4)


def test_a_proof_is_queued_run_and_shown(draft: Draft) -> None:
    author = Author()
    run = ask_for_proof(draft)
    assert run is not None
    page = author.get(f"/admin/authoring/draft/{draft.pk}/proof/")
    assert f'max="{3 * 59}"' in page
    assert 'hx-trigger="every 1s"' in page
    assert prove_next()
    assert not prove_next()
    page = author.get(f"/admin/authoring/draft/{draft.pk}/proof/")
    assert "every one of 3 answers gets the same verdict under all 59 seeds" in page
    assert "hx-trigger" not in page
    assert "traffic = 20" in page
    assert "59 of 59 seeds" in page
    draft.refresh_from_db()
    assert set(draft.scenarios) == {"all-bad"}, "it keeps copies of what it was proven with"


def test_asking_again_takes_the_place_of_what_was_asked_before(draft: Draft) -> None:
    first, second = ask_for_proof(draft), ask_for_proof(draft)
    assert first is not None
    assert second is not None
    first.refresh_from_db()
    assert (first.state, second.state) == (ProofState.CANCELLED, ProofState.QUEUED)


def test_a_draft_that_changed_meanwhile_is_not_proven(draft: Draft) -> None:
    run = ask_for_proof(draft)
    assert run is not None
    Draft.objects.update(spec=draft.spec.replace("Give v2 a share", "Give v2 another share"))
    assert prove_next()
    run.refresh_from_db()
    assert run.state == ProofState.CANCELLED


def test_a_queued_proof_is_called_off_at_once(draft: Draft) -> None:
    run = ask_for_proof(draft)
    assert run is not None
    Author().post(f"/admin/authoring/draft/{draft.pk}/proof/", {"do": "cancel"})
    run.refresh_from_db()
    assert run.state == ProofState.CANCELLED
    assert not prove_next()


def test_a_running_proof_hears_that_it_was_called_off(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "EVERY", 0.0)
    run = ask_for_proof(draft)
    assert run is not None
    ProofRun.objects.update(
        state=ProofState.RUNNING, prover=f"{os.uname().nodename}:{os.getpid()}", beat=timezone.now()
    )
    cancel_proof(run)
    with pytest.raises(Cancelled):
        proofs._Reporter(run)(1)


def test_one_is_proven_at_a_time(draft: Draft) -> None:
    other = Draft.objects.create(topic=draft.topic, slug="other", spec=draft.spec.replace("small-share", "other"))
    ask_for_proof(draft)
    ask_for_proof(other)
    mine = proofs._claim()
    assert mine is not None
    assert mine.draft == draft
    assert proofs._claim() is None
    assert not prove_next()
    proofs._finish(mine, state=ProofState.DONE)
    assert prove_next()
    assert ProofRun.objects.get(draft=other).state == ProofState.DONE


@pytest.mark.parametrize("prover", ["here:0", "elsewhere:1"])
def test_a_prover_that_is_gone_has_failed_and_can_be_begun_again(draft: Draft, prover: str) -> None:
    run = ask_for_proof(draft)
    assert run is not None
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    name = f"{os.uname().nodename}:{gone.pid}" if prover == "here:0" else prover
    ProofRun.objects.update(
        state=ProofState.RUNNING,
        prover=name,
        beat=timezone.now() - (timedelta(0) if prover == "here:0" else timedelta(minutes=2)),
    )
    page = Author().get(f"/admin/authoring/draft/{draft.pk}/proof/")
    assert "the prover was stopped before it was done" in page
    assert "hx-trigger" not in page
    run.refresh_from_db()
    assert run.state == ProofState.RUNNING, "looking changes nothing"
    author = Author()
    author.post(f"/admin/authoring/draft/{draft.pk}/proof/", {"do": "prove"})
    run.refresh_from_db()
    assert run.state == ProofState.FAILED
    assert prove_next()
    found = latest_proof(draft)
    assert found is not None
    assert found.state == ProofState.DONE


def test_an_error_of_the_prover_is_told_to_its_author(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **named: object) -> None:
        raise RuntimeError("a bolt came loose")

    monkeypatch.setattr(proofs, "prove_with_matrix", fail)
    ask_for_proof(draft)
    with pytest.raises(RuntimeError):
        prove_next()
    assert "a bolt came loose" in Author().get(f"/admin/authoring/draft/{draft.pk}/proof/")


def test_a_proof_that_takes_too_long_is_given_up(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "EVERY", 0.0)
    monkeypatch.setattr(proofs, "LONGEST", 0.0)
    ask_for_proof(draft)
    assert prove_next()
    run = ProofRun.objects.get()
    assert (run.state, run.problems[0]["code"]) == (ProofState.FAILED, "failed")
    assert "less traffic, or fewer answers" in run.problems[0]["message"]


def test_an_imported_draft_is_marked_until_it_is_proven(draft: Draft) -> None:
    Draft.objects.update(unproven=True)
    ask_for_proof(draft)
    prove_next()
    draft.refresh_from_db()
    assert not draft.unproven


def test_a_form_sent_to_an_item_with_many_answers_shows_those_that_stand_out(draft: Draft) -> None:
    options = [str(number) for number in range(3, 103)]
    spec = item_text({**GOOD, "options": [*options, "0"], "passing_answers": 100})
    assert len(list(read_as(Item, spec).assignments())) == 101
    rows = [
        {
            "number": number,
            "answer": f"traffic = {number}",
            "passes": 59 if number == 99 else 0,
            "seeds": 59,
            "endings": ["x"],
            "met": 1,
            "goals": 1,
            "harmed": 3,
            "harmed_share": 0.1,
            "near": None,
            "reason": "r",
            "missed": 1,
        }
        for number in range(101)
    ]
    ProofRun.objects.create(
        draft=draft, digest="0", state=ProofState.DONE, rows=rows, proof={"answers": 101, "seeds": 59}
    )
    page = Author().get(f"/admin/authoring/draft/{draft.pk}/proof/")
    assert page.count("<tr") == 65
    assert "traffic = 99" in page
    assert "37 more answers are not shown" in page


def test_a_killed_prover_is_seen_and_another_does_its_work(live_site: Callable[..., Site]) -> None:
    """With the real process: asked for by a served page, killed, seen as failed, and begun again."""
    site = live_site("sqlite")
    script = f"""
import os, sys, time
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
import django; django.setup()
from django.contrib.auth.models import User
from canarylearn.authoring.drafts import begin_draft
from canarylearn.authoring.models import ProofRun
from canarylearn.authoring.proofs import ask_for_proof, latest_proof, settle_lost
from canarylearn.learning.models import Topic
from tests.topics import curriculum
text = curriculum().texts["tasks/release-function.yaml"].replace("id: release-function", "id: release-again")
boss, _ = User.objects.get_or_create(username="boss")
draft = begin_draft(topic=Topic.objects.get(), owner=boss, slug="release-again", spec=text)
ask_for_proof(draft)
def wait(wanted):
    for _ in range(600):
        run = latest_proof(draft)
        if run.state in wanted: return run
        time.sleep(0.05)
    raise SystemExit(f"it stays {{run.state}}")
def family(session):
    stats = [path.read_text() for path in Path("/proc").glob("[0-9]*/stat")]
    return [stat for stat in stats if stat.rpartition(")")[2].split()[3] == str(session) and ") Z" not in stat]
run = wait(("running",))
prover = int(run.prover.rpartition(":")[2])
for _ in range(600):
    if len(family(prover)) > 3: break  # itself, what forks for it and tells of it, and at least one that runs
    time.sleep(0.05)
os.kill(prover, 9)
print(wait(("failed",)).problems[0]["code"])
for _ in range(600):
    if not family(prover): break
    time.sleep(0.05)
print("none" if not family(prover) else family(prover))
ask_for_proof(draft)
print(wait(("running", "done")).state)
ProofRun.objects.filter(state="running").update(cancel=True)
print(wait(("cancelled", "done")).state)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], env=site.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.split() == ["prover-gone", "none", "running", "cancelled"], done.stderr
