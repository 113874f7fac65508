"""Addresses of whoever reports something."""

from django.urls import path

from canarylearn.reports import views

app_name = "reports"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("items/<slug:slug>/", views.item, name="item"),
    path("pages/<slug:topic>/<slug:mode>/<slug:question>/", views.question, name="question"),
]
