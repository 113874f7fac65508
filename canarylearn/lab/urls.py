"""The address of the lab."""

from django.urls import path

from canarylearn.lab import views

app_name = "lab"

urlpatterns = [path("", views.index, name="index")]
