"""Quizzes: questions with options, each of which can be deployed."""
