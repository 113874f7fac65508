"""Addresses of the review."""

from django.urls import path

from canarylearn.review import views

app_name = "review"

urlpatterns = [
    path("", views.index, name="index"),
    path("wish/", views.keep_wish, name="wish"),
    path("cards/<slug:topic>/<slug:card>/back/", views.back, name="back"),
    path("cards/<slug:topic>/<slug:card>/grade/", views.grade, name="grade"),
    path("items/<slug:slug>/attempt/", views.attempt, name="attempt"),
    path("items/<slug:slug>/hints/<int:level>/", views.hint, name="hint"),
    path("<slug:topic>/", views.topic, name="topic"),
]
