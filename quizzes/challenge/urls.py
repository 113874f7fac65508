"""Addresses of the challenge."""

from django.urls import path

from quizzes.challenge import badge_views, views

app_name = "challenge"

urlpatterns = [
    path("", views.index, name="index"),
    path("incidents/<slug:slug>/", views.incident, name="item"),
    path("incidents/<slug:slug>/start/", views.start, name="start"),
    path("incidents/<slug:slug>/attempt/", views.attempt, name="attempt"),
    path("incidents/<slug:slug>/hints/<int:level>/", views.hint, name="hint"),
    path("incidents/<slug:slug>/clock/", views.clock, name="clock"),
    path("incidents/<slug:slug>/more-time/", views.more_time, name="more-time"),
    path("incidents/<slug:slug>/no-clock/", views.no_clock, name="no-clock"),
    path("badge/<str:token>/", badge_views.badge, name="badge"),
    path("badge/<str:token>/share/", badge_views.share, name="share"),
    path("badge/<str:token>/evidence.json", badge_views.evidence, name="evidence"),
    path("<slug:topic>/", views.index, name="index"),
    path("<slug:topic>/speed/", views.set_speed, name="speed"),
    path("<slug:topic>/badge/", views.take_badge, name="take-badge"),
]
