"""python -m canarylearn.cli"""

import sys

from canarylearn.cli import main

sys.exit(main())
