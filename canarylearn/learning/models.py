"""What is kept: topics, items and their versions, learners, and every attempt."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse


class Topic(models.Model):
    """A subject to learn. `spec` is its topic.yaml."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    spec = models.TextField()

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])


class Source(models.TextChoices):
    """Where a version came from."""

    FILE = "file"
    ADMIN = "admin"


class Kind(models.TextChoices):
    """What an item is: code with blanks, multiple choice, or lines to put in order."""

    TASK = "task"
    QUESTION = "question"
    ORDER = "order"


class Place(models.TextChoices):
    """Where an item is met: in practice, in the challenge, or in the test alone."""

    PRACTICE = "practice"
    CHALLENGE = "challenge"
    TEST = "test"


class ClockSpeed(models.TextChoices):
    """How long a learner's clock runs, against what an author planned."""

    OFF = "off"
    NORMAL = "1"
    LONGER = "1.5"
    DOUBLE = "2"


class Item(models.Model):
    """One question through all its versions. Its slug is for ever: attempts hang on it."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="items")
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    room = models.CharField(max_length=10, choices=Place, default=Place.PRACTICE)
    concept = models.SlugField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField()
    current = models.OneToOneField("Version", on_delete=models.PROTECT, related_name="+", null=True)
    retired = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="items"
    )

    class Meta:
        ordering = ("topic", "kind", "position")

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        if self.room == Place.CHALLENGE:
            return reverse("challenge:item", args=[self.slug])
        room = "practice" if self.kind == Kind.TASK else "quizzes"
        return reverse(f"{room}:item", args=[self.slug])


class Version(models.Model):
    """An item as published once: never changed afterwards. Holds what was asked and how it was proven, not what passes.

    `spec` is the item's file and `scenarios` the files of its scenarios by slug, as their authors wrote them.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    level = models.CharField(max_length=10)
    spec = models.TextField()
    scenarios = models.JSONField()
    digest = models.CharField(max_length=64)
    engine = models.CharField(max_length=20)
    proof = models.JSONField()
    source = models.CharField(max_length=10, choices=Source, default=Source.FILE)
    published = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("item", "-number")
        constraints = (models.UniqueConstraint(fields=("item", "number"), name="one_version_a_number"),)

    def __str__(self) -> str:
        return f"{self.item_id} version {self.number}: {self.title}"


class Learner(models.Model):
    """A person who practises: a guest, known by a key in a signed cookie, or the owner of an account.

    The key of an account's learner is in no cookie: its owner is known by signing in. `merged_into` is set on what is
    left of a guest who signed in: the attempts that the account could not count as well. `time_zone` is a name such as
    Europe/Vienna, empty for that of the site; `streak` says whether to show the weekly streak, `clock` how fast the
    challenge's clock runs.
    """

    key = models.UUIDField(unique=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="set_aside")
    time_zone = models.CharField(max_length=60, blank=True)
    streak = models.BooleanField(default=True)
    clock = models.CharField(max_length=3, choices=ClockSpeed, default=ClockSpeed.NORMAL)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"learner {str(self.key)[:8]}"


class Slot(models.Model):
    """A learner's place at one version of an item: the row that is locked while a try is counted.

    `variant` says with which of the version's numbers: 0 is the item as its author wrote it.
    """

    is_new = False
    """Whether it was made in this very request, so that it can have no attempts yet."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="slots")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="slots")
    variant = models.PositiveSmallIntegerField(default=0)
    hints_opened = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created",)
        constraints = (
            models.UniqueConstraint(
                fields=("learner", "version", "variant"), name="one_slot_a_learner_version_and_variant"
            ),
            models.CheckConstraint(condition=Q(hints_opened__lte=3), name="three_hints_at_most"),
        )

    def __str__(self) -> str:
        return f"{self.learner} at {self.version}"


class Attempt(models.Model):
    """One counted try: the answer, what came of it, and what it was judged by. Made by `submit_attempt` alone.

    The limits are also the database's: numbers are unique in a slot and end at three, and a form's key counts once.
    """

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    answer = models.JSONField()
    passed = models.BooleanField()
    finding = models.CharField(max_length=60, blank=True)
    hints_opened = models.PositiveSmallIntegerField(default=0)
    engine = models.CharField(max_length=20)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("slot", "number")
        constraints = (
            models.UniqueConstraint(fields=("slot", "number"), name="one_attempt_a_number"),
            models.UniqueConstraint(fields=("slot", "key"), name="one_attempt_a_key"),
            models.CheckConstraint(condition=Q(number__gte=1) & Q(number__lte=3), name="three_tries_at_most"),
        )

    def __str__(self) -> str:
        return f"try {self.number}: {'passed' if self.passed else 'not yet'}"


class Page(models.Model):
    """A page of a topic to read, as it stands now; `number` counts its versions, and `mode` is its place in the topic.

    `spec` is the page's file and `scenarios` the files of its scenarios by slug. Nothing that counts hangs on a page,
    so an earlier version is not kept.
    """

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="pages")
    mode = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    spec = models.TextField()
    scenarios = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("topic", "mode")
        constraints = (models.UniqueConstraint(fields=("topic", "mode"), name="one_page_a_mode"),)

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("lessons:page", args=[self.topic.slug, self.mode])


class PageMark(models.Model):
    """What a learner did on a page: answered this question, or, where `question` is empty, read it to the end."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="page_marks")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="marks")
    question = models.CharField(max_length=60, blank=True)
    option = models.PositiveSmallIntegerField(default=0)
    passed = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created",)
        constraints = (models.UniqueConstraint(fields=("learner", "page", "question"), name="one_mark_a_question"),)

    def __str__(self) -> str:
        return f"{self.learner}: {self.question or 'read'}"
