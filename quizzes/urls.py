"""Addresses of quizzes."""

from django.urls import path

from quizzes import views

app_name = "quizzes"

urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.question, name="item"),
    path("<slug:slug>/attempt/", views.attempt, name="attempt"),
    path("<slug:slug>/hints/<int:level>/", views.hint, name="hint"),
]
