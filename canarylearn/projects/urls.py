"""Addresses of projects."""

from django.urls import path

from canarylearn.projects import views

app_name = "projects"

urlpatterns = [
    path("<slug:topic>/", views.index, name="index"),
    path("<slug:topic>/<slug:stage>/", views.stage, name="stage"),
    path("<slug:topic>/<slug:stage>/save/", views.save, name="save"),
    path("<slug:topic>/<slug:stage>/run/", views.run, name="run"),
    path("<slug:topic>/<slug:stage>/judge/", views.judge, name="judge"),
    path("<slug:topic>/<slug:stage>/break/", views.break_it, name="break"),
    path("<slug:topic>/<slug:stage>/hints/<int:level>/", views.hint, name="hint"),
    path("<slug:topic>/<slug:stage>/other/", views.other, name="other"),
]
