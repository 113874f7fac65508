"""Addresses of a topic's test."""

from django.urls import path

from quizzes.sittings import views

app_name = "test"

urlpatterns = [
    path("<slug:topic>/", views.index, name="index"),
    path("<slug:topic>/begin/", views.begin, name="begin"),
    path("<slug:topic>/<int:number>/", views.question, name="question"),
    path("<slug:topic>/<int:number>/answer/", views.attempt, name="attempt"),
    path("<slug:topic>/skip/", views.skip, name="skip"),
    path("<slug:topic>/more/", views.more, name="more"),
    path("<slug:topic>/end/", views.end, name="end"),
    path("<slug:topic>/results/<int:sitting>/", views.result, name="result"),
    path("<slug:topic>/results/<int:sitting>/<int:number>/", views.explained, name="explained"),
]
