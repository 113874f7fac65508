"""Addresses of practice."""

from django.urls import path

from practice import views

app_name = "practice"

urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.task, name="item"),
    path("<slug:slug>/attempt/", views.attempt, name="attempt"),
    path("<slug:slug>/hints/<int:level>/", views.hint, name="hint"),
]
