"""What is kept of reviews: the cards of a topic, how well each learner knows them, and every answer that counted."""

from typing import Self

from django.db import models
from django.db.models import Q

from canarylearn.learning.models import Learner, Topic
from canarylearn.review.scheduling import Memory


class Deck(models.Model):
    """The flashcards of a topic, as they stand now: the files of cards and of their scenarios, by slug."""

    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, related_name="deck")
    cards = models.JSONField()
    scenarios = models.JSONField()

    class Meta:
        ordering = ("topic",)

    def __str__(self) -> str:
        return f"cards of {self.topic}"


class Card(models.Model):
    """One card of one learner: a flashcard (`card:topic/slug`) or an item that went wrong elsewhere (`item:slug`).

    Days are dates in the zone that the learner was in; stability and difficulty are FSRS's, exactly.
    `sitting` is an item that was begun and not finished: its version and variant, and the answers so far.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="cards")
    what = models.CharField(max_length=130)
    answered = models.DateField(null=True)
    due = models.DateField(null=True)
    stability = models.FloatField(null=True)
    difficulty = models.FloatField(null=True)
    answers = models.PositiveIntegerField(default=0)
    lapses = models.PositiveIntegerField(default=0)
    sitting = models.JSONField(default=dict)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("learner", "what")
        constraints = (models.UniqueConstraint(fields=("learner", "what"), name="one_card_a_learner"),)

    def __str__(self) -> str:
        return f"{self.what} of {self.learner}"

    @property
    def memory(self) -> Memory:
        """How well it is known."""
        return Memory(
            answered=self.answered,
            due=self.due,
            stability=self.stability,
            difficulty=self.difficulty,
            answers=self.answers,
            lapses=self.lapses,
        )

    def remember(self, memory: Memory) -> None:
        """Take over what is known now."""
        for name, value in vars(memory).items():
            setattr(self, name, value)

    def outweighs(self, other: Self) -> bool:
        """Whether this card says more than the other: it was answered more often; as often, and comes back sooner."""
        if self.answers != other.answers:
            return self.answers > other.answers
        return self.due is not None and (other.due is None or self.due < other.due)


class Answer(models.Model):
    """An answer that counted: the first to a card on a day."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="reviews")
    what = models.CharField(max_length=130)
    day = models.DateField()
    grade = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("learner", "created")
        constraints = (
            models.UniqueConstraint(fields=("learner", "what", "day"), name="one_answer_a_day"),
            models.CheckConstraint(condition=Q(grade__gte=1) & Q(grade__lte=4), name="four_grades"),
        )

    def __str__(self) -> str:
        return f"{self.what}, {self.day}: {self.grade}"


class Wish(models.Model):
    """How many cards a day a learner wants."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="review_wishes")
    cap = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("learner",)
        constraints = (models.UniqueConstraint(fields=("learner",), name="one_wish_a_learner"),)

    def __str__(self) -> str:
        return f"{self.cap} cards a day"
