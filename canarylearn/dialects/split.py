"""A split that stays as it is: what the tools that only route have in common."""

from fractions import Fraction

from canarylearn.dialects.manifest import Share
from canarylearn.engine.plan import Decides, Plan, Routing, Step
from canarylearn.engine.quantities import BUCKETS


def shares_of(weights: dict[str, Fraction]) -> tuple[Share, ...]:
    """The share of each target; none when the weights sum to nothing."""
    total = sum(weights.values())
    return tuple(Share(target=name, share=weight / total) for name, weight in weights.items()) if total else ()


def plan_of_split(shares: tuple[Share, ...], canary: str | None, *, mirror: Fraction = Fraction(0)) -> Plan:
    """The split as a plan of one step, which a person or a pipeline ends; `canary` is the target on trial."""
    share = next((share.share for share in shares if share.target == canary), Fraction(0))
    weight = round(share * BUCKETS)
    step = Step(weight=weight, hold=None, mirror=0 if weight else round(mirror * BUCKETS))
    return Plan(steps=(step,), decides=Decides.NOBODY, routing=Routing.PER_REQUEST)


def lost_in_split(plan: Plan) -> list[str]:
    """What a split without a clock and without checks cannot say of a plan, in sentences."""
    lost = []
    if plan.decides is Decides.JUDGE:
        lost.append("the comparison with the baseline: the split stays until somebody changes it")
    elif plan.decides is not Decides.NOBODY:
        lost.append("that checks decide: nothing is measured, and a person or a pipeline goes on or back")
    checks = (*plan.checks, *(check for step in plan.steps for check in step.checks))
    lost += [f"the check {check.title!r} ({check.condition.say()})" for check in checks]
    if len(plan.steps) > 1:
        lost.append(f"the steps after the first ({len(plan.steps) - 1}): for each of them a person changes the weights")
    if plan.steps[0].hold:
        lost.append(f"a hold of {plan.steps[0].hold:g} s: there is no clock, and a person changes the weights")
    if plan.routing is not Routing.PER_REQUEST:
        lost.append("how requests find their revision: each is drawn anew")
    return list(dict.fromkeys(lost))
