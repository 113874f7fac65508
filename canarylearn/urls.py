"""The address table of the site."""

from django.contrib import admin
from django.urls import path

from canarylearn.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
