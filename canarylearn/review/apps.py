"""The review app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Registered as 'review'."""

    name = "canarylearn.review"
    label = "review"
