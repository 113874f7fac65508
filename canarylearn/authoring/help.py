"""What an author has to know while writing: the commands of canary script, and the numbers of a run."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from canarylearn.engine.measures import MEASURES

COMMANDS: tuple[tuple[str, Any], ...] = (
    ("deploy_model('v2', 10)", _("puts v2 on trial with 10 percent of the users")),
    (
        "rollout_canary('v2', 10, '1h')",
        _("the same, watched for an hour: it is rolled back on an alarm, and promoted if all is well"),
    ),
    (
        "monitor_metric('v2', 'error_rate', 0.05)",
        _("rolls back as soon as v2 is beyond a limit: 'error_rate', 'accuracy', or 'latency' in seconds"),
    ),
    ("set_weight(50)", _("gives the new model 50 percent of the users")),
    ("set_traffic({'stable': 75, 'canary': 25})", _("the shares of both, which make 100")),
    ("hold('15m')", _("lets time pass")),
    ("promote()", _("everyone gets the new model")),
    ("rollback()", _("everyone gets the old model")),
    ("restart()", _("restarts the servers")),
    ("remove_model(name='v1')", _("takes a model away; the other one serves everyone")),
    ("route_request('ada')", _("'canary' or 'stable': where a user is sent")),
    ("bucket('ada', 'canary')", _("the bucket of a user, 0 to 9,999")),
)
"""Commands as they are written, and what each does."""

METRICS = "canary.error_rate, baseline.error_rate, .requests, .users, .p50, .p95, .p99, .accuracy"


def numbers(scenario: str) -> list[tuple[str, str]]:
    """What to write for each number of a run in a scenario, and what that is."""
    return [(f"{{{{{scenario}: {one.name}}}}}", one.label) for one in MEASURES.values() if one.unit != "yes-no"]
