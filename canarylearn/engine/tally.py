"""What the judge keeps of one kind of event: counts while the weight stays the same, evidence over all weights."""

from canarylearn.engine.statistics import log_e_value, not_worse_p_value


class Tally:
    """One event (failed, slow, wrong) of both arms, canary first.

    Arms are only ever pooled while the weight stays the same (Simpson's paradox): a new weight begins a new stage,
    with an e-value of its own. Each begins at 1, so their product is an e-value too.
    """

    def __init__(self, allowed_ratio: float) -> None:
        self._allowed_ratio = allowed_ratio
        self._past = 0.0
        self.weight: int | None = None
        self.events = [0, 0]
        self.units = [0, 0]

    def begin(self, weight: int) -> None:
        """From now on the canary has this weight; what was counted at another one stays as evidence alone."""
        if weight == self.weight:
            return
        if self.weight is not None and self.comparable:
            self._past = self.log_e
        self.weight, self.events, self.units = weight, [0, 0], [0, 0]

    def add(self, side: int, events: int, units: int) -> None:
        """Count events among units of one arm."""
        self.events[side] += events
        self.units[side] += units

    @property
    def comparable(self) -> bool:
        """Whether both arms were seen at this weight."""
        return min(self.units) > 0

    @property
    def log_e(self) -> float:
        """Evidence against the canary, over all weights. The share is that of units, so uneven users cannot bias it."""
        if not self.comparable:
            return self._past
        return self._past + log_e_value(
            canary_events=self.events[0],
            baseline_events=self.events[1],
            canary_share=self.units[0] / sum(self.units),
            allowed_ratio=self._allowed_ratio,
        )

    def not_worse(self, margin: float) -> float:
        """The p-value that the canary is not worse than the margin, at this weight alone."""
        return not_worse_p_value(
            canary_events=self.events[0],
            canary_requests=self.units[0],
            baseline_events=self.events[1],
            baseline_requests=self.units[1],
            margin=margin,
        )

    def rate(self, side: int) -> float:
        """Events per unit of one arm, at this weight."""
        return self.events[side] / self.units[side]
