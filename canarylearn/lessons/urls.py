"""Addresses of the pages of a topic."""

from django.urls import path

from canarylearn.lessons import views, walk_views

app_name = "lessons"

urlpatterns = [
    path("visualise/", walk_views.visualise, name="visualise"),
    path("visualise/predict/", walk_views.predict, name="predict"),
    path("<slug:mode>/", views.page, name="page"),
    path("<slug:mode>/read/", views.read, name="read"),
    path("<slug:mode>/questions/<slug:question>/", views.answer, name="answer"),
]
