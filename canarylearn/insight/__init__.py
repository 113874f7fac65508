"""What answers say about the items: how hard each is, whether it tells learners apart, and what is wrong with it.

Numbers about questions, for those who write and teach them. None of it is ever shown to a learner, and none of it
changes what an answer counts.
"""

from canarylearn.insight.flags import Flag, Ranked, floor_flag, outliers
from canarylearn.insight.items import Analysis, analyse
from canarylearn.insight.options import Pull
from canarylearn.insight.responses import LEAST, Response, Table
from canarylearn.insight.statistics import (
    Interval,
    corrected_facility,
    efficiency,
    facility,
    pearson,
    prediction_gap,
    reliability,
    variant_spread,
)

__all__ = [
    "LEAST",
    "Analysis",
    "Flag",
    "Interval",
    "Pull",
    "Ranked",
    "Response",
    "Table",
    "analyse",
    "corrected_facility",
    "efficiency",
    "facility",
    "floor_flag",
    "outliers",
    "pearson",
    "prediction_gap",
    "reliability",
    "variant_spread",
]
