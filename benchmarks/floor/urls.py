"""The address table of the floor."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.floor import views


def healthz(request: HttpRequest) -> HttpResponse:
    """It runs."""
    return HttpResponse("ok")


urlpatterns = [
    path("enter/", views.enter),
    path("questions/", views.index),
    path("questions/<int:number>/", views.question, name="question"),
    path("questions/<int:number>/attempt/", views.attempt, name="attempt"),
    path("healthz", healthz),
]
