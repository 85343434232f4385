"""Run the command as `python -m simulator`."""

from __future__ import annotations

import sys

from simulator.cli.main import main

sys.exit(main())
