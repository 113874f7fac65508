"""What Flagger accepts without a word and a person should know."""

from canarylearn.dialects.flagger.canary import Canary, copies_of, has_affinity, load_tests, weights_of
from canarylearn.dialects.flagger.metrics import Metrics
from canarylearn.dialects.flagger.schema import entries, is_true, whole


def remark(canary: Canary, metrics: Metrics) -> None:
    """Add the notes on a Canary that can be read."""
    analysis, spec = canary.analysis, canary.spec
    if is_true(spec.get("suspend")):
        canary.note(spec.get("suspend"), "nothing happens while suspend is true")
    if is_true(spec.get("skipAnalysis")):
        canary.note(
            spec.get("skipAnalysis"), "the new revision goes to everyone as soon as its pods are ready: unchecked"
        )
        return
    if whole(analysis.get("threshold")) < 1:
        canary.note(analysis.get("threshold"), "a threshold below 1 counts as 1")
    checking = [hook for hook in canary.hooks("", "rollout") if hook not in load_tests(canary)]
    if not metrics.checks and not metrics.unmeasured and not checking:
        canary.note(analysis, "nothing is checked: the canary is promoted whatever it does")
    for hook in [*checking, *[hook for hook in canary.hooks("pre-rollout") if not hook.get("metadata").has("cmd")]]:
        canary.note(
            hook, "this hook can fail a check; what it would answer is not known here, and it is taken to succeed"
        )
    for hook in canary.hooks("confirm-rollout", "confirm-traffic-increase", "confirm-promotion"):
        canary.note(hook, "this hook is taken to ask a person, who is waited for")
    if whole(analysis.get("stepWeightPromotion")) > 0:
        canary.note(
            analysis.get("stepWeightPromotion"),
            "from the promotion on both sides run the new revision: this moves requests, and changes for nobody what "
            "answers them",
        )
    _remark_on_affinity(canary)
    if canary.iterations:
        _remark_on_iterations(canary, metrics)
    else:
        _remark_onweights_of(canary)


def _remark_on_affinity(canary: Canary) -> None:
    session = canary.analysis.get("sessionAffinity")
    if not session.there:
        return
    if not has_affinity(canary):
        canary.note(session, f"the provider {canary.provider} ignores sessionAffinity: each request is drawn anew")
    elif not session.has("primaryCookieName"):
        canary.note(
            session,
            "only users who met the canary are kept: each request of the others is drawn again, so in time more users "
            "meet it than the weight says (here the share of users stays at the weight)",
        )


def _remark_on_iterations(canary: Canary, metrics: Metrics) -> None:
    analysis = canary.analysis
    if not canary.routed:
        if not analysis.has("iterations") or whole(analysis.get("iterations")) < 1:
            canary.note(
                canary.spec.get("provider"),
                "Progressive traffic is not supported when using the kubernetes provider: iterations is set to 10",
            )
        if entries(analysis.get("match")):
            canary.note(
                analysis.get("match"),
                "A/B testing is not supported when using the kubernetes provider: match is dropped",
            )
    if canary.matched:
        canary.note(
            analysis.get("match"),
            "users who match all go to the canary; no file says how many they are, and here they are 10 % of all",
        )
    elif not copies_of(canary) and (metrics.checks or metrics.unmeasured):
        canary.note(
            analysis,
            "no user, no mirror and no load test sends requests to the canary during the iterations: each check fails "
            "with 'no values found'",
        )
    elif not is_true(analysis.get("mirror")) and metrics.checks:
        canary.note(analysis, "the load test's requests are taken to be like the users' own")


def _remark_onweights_of(canary: Canary) -> None:
    analysis = canary.analysis
    weights, ending = weights_of(canary)
    if entries(analysis.get("match")):
        canary.note(analysis.get("match"), "match is for A/B tests, which need iterations; here weights decide")
    last = weights[-1] if weights else 0
    most = analysis.get("maxWeight")
    if analysis.has("stepWeights"):
        if most.there:
            canary.note(most, "maxWeight is ignored beside stepWeights: their last entry is the highest weight")
        for entry in entries(analysis.get("stepWeights")):
            if whole(entry) > 100:
                canary.note(entry, f"{whole(entry)} is accepted and means 100")
    elif ending and last > (whole(most) if whole(most) > 0 else 100):
        canary.note(most, f"the last step passes maxWeight: the canary gets {last} % before it is promoted")
    if not ending:
        canary.note(analysis, f"after {last} % the next step is none: the canary stays there and is never promoted")
