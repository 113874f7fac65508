"""Roles and classes in the admin: who runs the site gives roles, and every change of one is kept."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from canarylearn.classes.models import Assignment, Classroom, CoTeacher, Membership
from canarylearn.classes.roles import ROLES
from canarylearn.classes.services import audit

if TYPE_CHECKING:  # only the type checker knows that a ModelAdmin has a parameter
    _ModelAdmin = admin.ModelAdmin[Any]
    _UserAdmin = UserAdmin[Any]
    _GroupAdmin = GroupAdmin
else:
    _ModelAdmin = admin.ModelAdmin
    _UserAdmin, _GroupAdmin = UserAdmin, GroupAdmin

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(_UserAdmin):
    """An account. A role brings staff status with it, which the pages of authors and teachers need, and takes it away
    when the last one goes."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        cast("Any", request).powers_before = _powers(obj.pk)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        before = cast("Any", request).powers_before
        user = form.instance
        had, has = (bool(set(ROLES) & set(one)) for one in (before["roles"], _powers(user.pk)["roles"]))
        if had != has and not user.is_superuser:
            user.is_staff = has
            user.save(update_fields=["is_staff"])
        after = _powers(user.pk)
        if before != after:
            audit(cast("User", request.user), "role changed", f"account {user.pk}", before=before, after=after)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        audit(cast("User", request.user), "account deleted", f"account {obj.pk}", **_powers(obj.pk))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for one in queryset:
            audit(cast("User", request.user), "account deleted", f"account {one.pk}", **_powers(one.pk))
        super().delete_queryset(request, queryset)


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(_GroupAdmin):
    """A group. What it may do is what everybody in it may do, so that a change of it is kept like one of a person."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        cast("Any", request).rights_before = _rights(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        before, group = cast("Any", request).rights_before, form.instance
        after = _rights(group)
        if before != after:
            given, taken = sorted(set(after) - set(before)), sorted(set(before) - set(after))
            audit(cast("User", request.user), "group changed", f"group {group.name}", given=given, taken=taken)


def _rights(group: Group) -> list[str]:
    return sorted(group.permissions.values_list("codename", flat=True)) if group.pk else []


def _powers(number: int | None) -> dict[str, Any]:
    """What an account may do: its roles, and what else makes it more than a learner's."""
    user = User.objects.filter(pk=number).first() if number else None
    return {
        "roles": sorted(user.groups.values_list("name", flat=True)) if user else [],
        "permissions": sorted(user.user_permissions.values_list("codename", flat=True)) if user else [],
        "staff": user.is_staff if user else False,
        "superuser": user.is_superuser if user else False,
    }


class _ForWhoRunsTheSite(_ModelAdmin):
    """Teachers see their classes under /teach/, and those of nobody else: here only who runs the site looks."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(Classroom)
class ClassroomAdmin(_ForWhoRunsTheSite):
    """A class can be given to another owner, which is kept."""

    list_display = ("title", "owner", "joining", "ended", "created")
    list_select_related = ("owner",)
    fields = ("title", "owner", "topics", "time_zone", "joining", "ended")
    readonly_fields = ("title", "topics", "time_zone", "joining", "ended")
    raw_id_fields = ("owner",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        super().save_model(request, obj, form, change)
        audit(cast("User", request.user), "class given", f"class {obj.pk}", owner=obj.owner_id)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        audit(cast("User", request.user), "class deleted", f"class {obj.pk}", members=obj.memberships.count())
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for one in queryset:
            audit(cast("User", request.user), "class deleted", f"class {one.pk}", members=one.memberships.count())
        super().delete_queryset(request, queryset)


@admin.register(CoTeacher, Membership, Assignment)
class PartOfClassAdmin(_ForWhoRunsTheSite):
    """What belongs to a class."""

    list_display = ("__str__", "classroom")
    list_select_related = ("classroom",)
