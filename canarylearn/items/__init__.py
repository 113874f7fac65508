"""Items: questions as authored, how an answer is judged by running it, and how a question is proven."""

from canarylearn.items.files import TopicFiles, read_topic
from canarylearn.items.goals import Goal
from canarylearn.items.judging import GoalResult, Judgement, Run, judge
from canarylearn.items.problems import Problem
from canarylearn.items.proof import Proof, digest, prove
from canarylearn.items.spec import CHOICE, Answer, Item, Option

__all__ = [
    "CHOICE",
    "Answer",
    "Goal",
    "GoalResult",
    "Item",
    "Judgement",
    "Option",
    "Problem",
    "Proof",
    "Run",
    "TopicFiles",
    "digest",
    "judge",
    "prove",
    "read_topic",
]
