"""What the engine loads: scipy.stats takes over a second, so only those who need it wait for it."""

import subprocess
import sys

import pytest

WITHOUT = (
    "from canarylearn.engine import Judge, Release, Scenario, materialise, run",
    "from canarylearn.items import read_topic",
    "import canarylearn.dialects.script",
    "import canarylearn.cli; import canarylearn.cli.run; import canarylearn.cli.power",
    "from canarylearn.engine import anytime, burn, calibration, drift, kayenta, kayenta_scores, means",
    "from canarylearn.engine import multiplicity, power, rates, samples, sizes",
)


@pytest.mark.parametrize("code", WITHOUT)
def test_it_does_not_load_scipy_stats(code: str) -> None:
    check = f"{code}\nimport sys\nassert 'scipy.stats' not in sys.modules, 'scipy.stats was loaded'"
    subprocess.run([sys.executable, "-c", check], check=True)


def test_error_budgets_need_no_numbers_library_at_all() -> None:
    check = "import canarylearn.engine.burn, sys\nassert not {'numpy', 'scipy', 'pydantic'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True)
