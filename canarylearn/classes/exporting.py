"""A class as a table that spreadsheets open, and run nothing of."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from canarylearn.classes.dates import zone_of
from canarylearn.classes.models import Classroom, Membership
from canarylearn.classes.overview import Progress, overview, progress_with
from canarylearn.classes.parts import Doings
from canarylearn.classes.tests_taken import Taken, tests_of
from canarylearn.exchange.cells import escape_cell


def as_csv(classroom: Classroom, members: Sequence[Membership], now: datetime) -> str:
    """Every member with their state at each concept, their last test, and how far they are with each assignment.

    It begins with a mark by which spreadsheets know that it is UTF-8.
    """
    topics, zone = list(classroom.topics.all()), zone_of(classroom.time_zone)
    seen = overview(members, topics)
    doings = Doings([member.learner_id for member in members], [topic.slug for topic in topics])
    assignments, tests = list(classroom.assignments.all()), tests_of(classroom, members)
    heads: list[object] = [_("name"), _("joined")]
    for column in seen.columns:
        heads += [column.title, _("%(concept)s: percent sure that it is strong") % {"concept": column.title}]
    heads += [_("stuck at"), _("tests"), _("last test"), _("last test: ended")]
    for assignment in assignments:
        heads += [assignment.title, _("%(assignment)s: completed") % {"assignment": assignment.title}]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([escape_cell(head) for head in heads])
    for row in seen.rows:
        cells: list[object] = [row.member.name, row.member.joined.astimezone(zone).strftime("%Y-%m-%d")]
        for concept in row.concepts:
            cells += [concept.word, concept.percent if concept.evidence else ""]
        cells += [row.stuck, *_tested(tests[row.member.pk], zone)]
        for assignment in assignments:
            progress = progress_with(assignment, row.member, classroom, doings, now)
            done = _("%(done)d of %(of)d") % {"done": progress.share.done, "of": progress.share.of}
            cells += [done, _completed(progress, zone)]
        writer.writerow([escape_cell(one) for one in cells])
    return "\ufeff" + out.getvalue()


def _tested(tests: Sequence[Taken], zone: ZoneInfo) -> list[object]:
    """How many tests somebody finished, and what the last one said and when."""
    if not tests:
        return [0, "", ""]
    last = tests[0]
    ended = last.ended.astimezone(zone).strftime("%Y-%m-%d %H:%M") if last.ended else ""
    return [len(tests), ", ".join(filter(None, [last.word, last.sure])), ended]


def _completed(progress: Progress, zone: ZoneInfo) -> str:
    when = progress.share.when
    said = when.astimezone(zone).strftime("%Y-%m-%d %H:%M") if when else ""
    return " ".join(filter(None, [said, _("late") if progress.late else ""]))
