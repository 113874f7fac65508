"""Pods as weights: without a router, the share of traffic is the share of pods."""

from fractions import Fraction
from math import ceil, floor

from canarylearn.engine.quantities import BUCKETS


def split_pods(weight: int, *, replicas: int, max_surge: int = 1) -> tuple[int, int]:
    """The canary's and the stable revision's pods that come nearest to a weight in buckets.

    The rule is Argo Rollouts' (utils/replicaset/canary.go): the candidates are the rounded-up and rounded-down share
    of `replicas`, and of one more pod where a surge is allowed; the nearest share wins, the first one on a tie, and a
    weight between the ends leaves neither side without a pod where there can be two.
    """
    if replicas <= 0:
        return (0, 0)
    if weight <= 0 or weight >= BUCKETS:
        return (replicas, 0) if weight > 0 else (0, replicas)
    asked = Fraction(weight, BUCKETS)
    totals = [replicas, replicas + 1] if max_surge > 0 else [replicas]
    both_sides = max(totals) >= 2
    candidates = [
        (canary, total - canary)
        for total in totals
        for canary in (ceil(total * asked), floor(total * asked))
        if not both_sides or 0 < canary < total
    ]
    if not candidates:  # the share of whole pods rounds to none or to all of them: the nearest mix has one of the rarer
        return (1, replicas - 1) if asked < Fraction(1, 2) else (replicas - 1, 1)
    return min(candidates, key=lambda pods: abs(Fraction(pods[0], sum(pods)) - asked))
