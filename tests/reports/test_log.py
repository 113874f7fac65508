"""The log: what is kept of publications, overrides, exports and roles, in words, and who may read it."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from canarylearn.authoring.models import AuditEntry
from canarylearn.classes.roles import AUTHOR, INSTRUCTOR
from canarylearn.reports.log import KINDS, WORDS
from tests.classes.school import School, account, signed_in
from tests.people import TASK, Visitor

pytestmark = pytest.mark.usefixtures("content")

LOG = "/teach/log/"


@pytest.fixture
def boss() -> Visitor:
    return signed_in(User.objects.create_superuser("boss"))


def test_what_a_teacher_does_to_a_class_is_told_to_its_teachers_and_to_who_runs_the_site(boss: Visitor) -> None:
    school = School()
    ada, asked = school.member("Ada"), school.ask(f"item:{TASK}")
    teacher = signed_in(school.teacher)
    teacher.post(ada.get_absolute_url(), {"extra_days": "3", "more_time": "50"})
    teacher.post(ada.get_absolute_url(), {"extra_days": "3", "more_time": "50"})  # nothing new
    teacher.post(f"{asked.get_absolute_url()}delete/", {})
    teacher.post(f"{school.page}export/", {})
    teacher.post(f"{ada.get_absolute_url()}remove/", {})
    teacher.post(f"{school.page}end/", {})
    kept = list(AuditEntry.objects.order_by("pk").values_list("what", flat=True))
    assert kept == ["time given", "assignment taken back", "class exported", "member removed", "class ended"]
    page = teacher.get(LOG).text
    assert f'<a href="{school.page}">Releases 101</a>' in page
    assert "extra days: 0 → 3; more time: 0 → 50" in page.replace("\N{NO-BREAK SPACE}", " ")
    for said in (WORDS[what] for what in kept):
        assert str(said) in page
        assert str(said) in boss.get(LOG).text
    assert "Nothing yet." in signed_in(account("hopper", INSTRUCTOR)).get(LOG).text
    assert signed_in(account("knuth", AUTHOR)).get(LOG).status == 403


def test_a_change_of_roles_says_what_changed_and_is_told_to_who_runs_the_site_alone(boss: Visitor) -> None:
    ada, teacher = account("ada"), signed_in(account("turing", INSTRUCTOR))
    group = Group.objects.get(name=INSTRUCTOR)
    fields = {"username": "ada", "is_active": "on", "date_joined_0": "2026-11-01", "date_joined_1": "10:00:00"}
    boss.post(reverse("admin:auth_user_change", args=[ada.pk]), {**fields, "groups": [group.pk]})
    page = boss.get(f"{LOG}?kind=roles").text
    assert "changed what an account may do" in page
    assert "roles: none → instructor; staff: no → yes" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Nothing yet." in teacher.get(LOG).text


def test_rights_of_a_group_and_the_end_of_an_account_are_kept(boss: Visitor) -> None:
    ada, group = account("ada", INSTRUCTOR), Group.objects.get(name=AUTHOR)
    boss.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": AUTHOR, "permissions": []})
    boss.post(reverse("admin:auth_user_delete", args=[ada.pk]), {"post": "yes"})
    deleted, changed = AuditEntry.objects.all()[:2]
    assert (changed.what, changed.target) == ("group changed", f"group {AUTHOR}")
    assert "add_draft" in changed.detail["taken"]
    assert (deleted.what, deleted.target) == ("account deleted", f"account {ada.pk}")
    assert deleted.detail["roles"] == [INSTRUCTOR]
    assert not User.objects.filter(pk=ada.pk).exists()


def test_the_log_is_read_a_page_and_a_kind_at_a_time(boss: Visitor) -> None:
    AuditEntry.objects.bulk_create(
        [AuditEntry(what="publish", target=TASK, detail={"version": number}) for number in range(1, 61)]
    )
    AuditEntry.objects.create(what="something new", target="<b>x</b>")
    first = boss.get(LOG).text
    assert "&lt;b&gt;x&lt;/b&gt;" in first
    assert f'<a href="/teach/items/{TASK}/">' in first
    assert "version: 12" in first
    assert "version: 11)" not in first
    assert "version: 11)" in boss.get(f"{LOG}?page=2").text
    assert "something new" not in boss.get(f"{LOG}?kind=questions").text
    for kind in (*KINDS, "nonsense"):
        assert boss.get(f"{LOG}?kind={kind}&page=x").status == 200


def test_nobody_changes_the_log(boss: Visitor) -> None:
    kept = AuditEntry.objects.create(what="publish", target=TASK)
    for page in ("change", "delete"):
        boss.post(reverse(f"admin:authoring_auditentry_{page}", args=[kept.pk]), {"post": "yes", "what": "x"})
    assert boss.post(LOG, {}).status == 405
    assert AuditEntry.objects.get().what == "publish"
