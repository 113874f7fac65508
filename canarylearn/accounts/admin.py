"""What staff may do with second factors: see that there is one, and take it away from somebody who lost it."""

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest

if TYPE_CHECKING:  # only the type checker knows that a ModelAdmin has a parameter
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin

admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class FactorAdmin(_ModelAdmin):
    """The library's own page shows the secrets; this one does not, and the log does not tell what a passkey's owner
    called it."""

    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    list_display = ("pk", "user", "type", "created_at", "last_used_at")
    list_filter = ("type",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        kinds = {str(one.pk): one.get_type_display() for one in queryset}
        logged = super().log_deletions(request, queryset)
        about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Authenticator))
        for number, kind in kinds.items():
            about.filter(object_id=number).update(object_repr=kind)
        return logged
