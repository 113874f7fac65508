"""The site without what keeps answers apart, to show that the races are real. Never served to anyone."""

from uuid import UUID

from canarylearn.wsgi import application  # before the models, which need the site to be set up

from canarylearn.learning import services  # isort: skip
from canarylearn.learning.models import Learner, Slot  # isort: skip

__all__ = ["application"]


def find_slot(learner_key: UUID, version_id: int, variant: int = 0) -> Slot:
    """The learner's slot, with no lock on it."""
    learner, _ = Learner.objects.get_or_create(key=learner_key)
    slot, _ = Slot.objects.get_or_create(learner=learner, version_id=version_id, variant=variant)
    return slot


services.lock_slot = find_slot
