"""What authors write: drafts and scenes, every state they were in, their proofs, and who did what."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from canarylearn.learning.models import Topic, Version


class Draft(models.Model):
    """An item as it is being written. `spec` is its file, and `scenarios` the files of its scenarios by slug.

    `unproven` marks what was imported and has not been proven since. `based_on` is the version it was begun from.
    `stamp` counts the times it was saved: whoever saves says which one they saw.
    """

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="drafts")
    slug = models.SlugField(max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="drafts")
    spec = models.TextField()
    scenarios = models.JSONField(default=dict)
    unproven = models.BooleanField(default=False)
    based_on = models.ForeignKey(Version, on_delete=models.SET_NULL, null=True, blank=True, related_name="drafts")
    stamp = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-updated",)
        constraints = (models.UniqueConstraint(fields=("topic", "slug"), name="one_draft_a_slug"),)

    def __str__(self) -> str:
        return self.slug


class Scene(models.Model):
    """A scenario that a topic's items can be run in, as it stands now. `spec` is its file."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="scenes")
    slug = models.SlugField(max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="scenes"
    )
    spec = models.TextField()
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("topic", "slug")
        verbose_name = _("scenario")
        constraints = (models.UniqueConstraint(fields=("topic", "slug"), name="one_scene_a_slug"),)

    def __str__(self) -> str:
        return self.slug


class Revision(models.Model):
    """A draft as somebody saved it once."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="revisions")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    when = models.DateTimeField(auto_now_add=True)
    spec = models.TextField()
    scenarios = models.JSONField(default=dict)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-when", "-pk")

    def __str__(self) -> str:
        return f"{self.draft} as of {self.when:%Y-%m-%d %H:%M}"


class ProofState(models.TextChoices):
    """Where the proof of a draft is."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


class ProofRun(models.Model):
    """A proof of a draft, made in the background: `done` of `total` runs, what came of each answer, and the problems.

    It speaks of the draft that has this digest, and of no later one. `cancel` asks the prover to stop. `prover` names
    the machine and the process that work on it, and `beat` is when that was last heard of.
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="proofs")
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ProofState, default=ProofState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    rows = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    proof = models.JSONField(default=dict)
    cancel = models.BooleanField(default=False)
    prover = models.CharField(max_length=200, blank=True)
    beat = models.DateTimeField(null=True, blank=True)
    started = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-started", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=models.Q(state=ProofState.RUNNING), name="one_proof_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"proof of {self.draft}: {self.state}"


class AuditEntry(models.Model):
    """Something that somebody did and others may ask about: a publication, an override, an export, a change of role."""

    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    when = models.DateTimeField(auto_now_add=True)
    what = models.CharField(max_length=40)
    target = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ("-when", "-pk")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.what}: {self.target}"
