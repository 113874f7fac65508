"""What instructors can look at. What they write is in `canarylearn.authoring`."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from canarylearn.learning.models import Attempt, Item, Learner, Slot, Topic, Version

if TYPE_CHECKING:  # only the type checker knows that a ModelAdmin has a parameter
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


class ReadOnly(_ModelAdmin):
    """Rows that may be looked at and not changed: versions and attempts are facts."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Topic)
class TopicAdmin(ReadOnly):
    list_display = ("title", "slug")


@admin.register(Item)
class ItemAdmin(ReadOnly):
    list_display = ("slug", "topic", "kind", "position", "current", "retired")
    list_filter = ("topic", "kind", "retired")
    list_select_related = ("topic", "current")
    search_fields = ("slug", "current__title")


@admin.register(Version)
class VersionAdmin(ReadOnly):
    list_display = ("title", "item", "number", "level", "engine", "published")
    list_filter = ("item__kind", "level", "engine")
    list_select_related = ("item",)
    search_fields = ("title", "item__slug")


@admin.register(Learner)
class LearnerAdmin(ReadOnly):
    list_display = ("__str__", "user", "created")
    list_select_related = ("user",)


@admin.register(Slot)
class SlotAdmin(ReadOnly):
    list_display = ("learner", "version", "hints_opened", "created")
    list_select_related = ("learner", "version")


@admin.register(Attempt)
class AttemptAdmin(ReadOnly):
    list_display = ("created", "slot", "number", "passed", "finding", "hints_opened", "engine")
    list_filter = ("passed", "slot__version__item")
    list_select_related = ("slot__learner", "slot__version")
    date_hierarchy = "created"
