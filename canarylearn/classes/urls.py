"""Addresses of whoever is in a class."""

from django.urls import path

from canarylearn.classes import attending

app_name = "classes"

urlpatterns = [
    path("", attending.index, name="index"),
    path("join/", attending.find, name="find"),
    path("join/<str:code>/", attending.join, name="join"),
    path("<int:number>/leave/", attending.leave, name="leave"),
]
