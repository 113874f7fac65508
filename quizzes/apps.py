"""The quizzes app: multiple-choice questions."""

from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    """Registered as 'quizzes'."""

    name = "quizzes"
