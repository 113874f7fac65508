"""The admin: everything can be looked at, nothing changed, and learners have no business there."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from canarylearn.learning.models import Attempt, Item, Learner, Slot, Topic, Version
from tests.people import TASK, Visitor, answers

pytestmark = pytest.mark.usefixtures("content")

MODELS: list[type[Model]] = [Topic, Item, Version, Learner, Slot, Attempt]
models = pytest.mark.parametrize("model", MODELS)


@pytest.fixture
def boss(visitor: Visitor) -> Client:
    """Somebody with every right, at a site where something has been answered."""
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


def address(model: type[Model], page: str, *arguments: object) -> str:
    """The address of one of a model's pages."""
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{page}", args=arguments)


def breaks_the_policy(page: str) -> list[str]:
    """What the policy of the admin would not let run or be seen."""
    inline = [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag and "application/json" not in tag]
    return inline + re.findall(r'<[^>]*\s(?:on[a-z]+|style)="[^"]*"', page) + re.findall(r"<style", page)


def test_every_model_of_the_app_is_there() -> None:
    shown = {model for model in admin.site._registry if model._meta.app_label == "learning"}
    assert shown == set(MODELS)


@models
def test_everything_can_be_looked_at(boss: Client, model: type[Model]) -> None:
    first = model._default_manager.first()
    assert first is not None
    for path in (address(model, "changelist"), address(model, "change", first.pk), address(model, "history", first.pk)):
        reply = boss.get(path)
        assert reply.status_code == 200
        page = reply.content.decode()
        assert breaks_the_policy(page) == []
        assert 'name="_save"' not in page
        assert "deletelink" not in page
        assert f'href="{address(model, "add")}' not in page


@models
def test_nothing_can_be_added_changed_or_deleted(boss: Client, model: type[Model]) -> None:
    first = model._default_manager.first()
    assert first is not None
    before = list(model._default_manager.values())
    assert boss.get(address(model, "add")).status_code == 403
    assert boss.post(address(model, "add"), {}).status_code == 403
    assert boss.post(address(model, "change", first.pk), {"title": "x", "passed": "on"}).status_code == 403
    assert boss.get(address(model, "delete", first.pk)).status_code == 403
    assert boss.post(address(model, "delete", first.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [first.pk], "post": "yes"}
    boss.post(address(model, "changelist"), chosen)
    assert list(model._default_manager.values()) == before


def test_searches_filters_and_dates_work(boss: Client) -> None:
    for path in (
        address(Item, "changelist") + "?q=canary&kind__exact=task",
        address(Version, "changelist") + "?q=canary&level__exact=easy",
        address(Attempt, "changelist") + "?passed__exact=0",
        address(Attempt, "changelist") + f"?created__year={Attempt.objects.get().created.year}",
    ):
        assert boss.get(path).status_code == 200


def test_a_list_takes_as_many_statements_for_many_rows_as_for_few(
    boss: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(1, 12):
        visitor = Visitor()
        visitor.answer(TASK, answers(TASK, passing=False)[number])
    assert callable(django_assert_max_num_queries)
    for model in MODELS:
        with django_assert_max_num_queries(12):
            boss.get(address(model, "changelist"))


@models
def test_learners_and_other_accounts_are_sent_to_the_login(visitor: Visitor, model: type[Model]) -> None:
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    account = Client()
    account.force_login(User.objects.create_user("somebody"))
    for client in (visitor.client, account):
        for path in ("/admin/", address(model, "changelist"), address(model, "change", 1), address(model, "add")):
            reply = client.get(path)
            assert reply.status_code == 302
            assert reply["Location"].startswith("/admin/login/")


def test_an_account_with_answers_cannot_be_deleted_with_them(boss: Client) -> None:
    account = User.objects.create_user("somebody")
    Learner.objects.update(user=account)
    boss.post(reverse("admin:auth_user_delete", args=[account.pk]), {"post": "yes"})
    assert Attempt.objects.count() == 1
