"""``python -m tests.benchmarks.steps``: seconds of every step of the last runs, and the rows delivered, as JSON.

Lives here: reading Dagster's own record. Stays out: what a stage is (``chain``).
"""

from __future__ import annotations

import json

import dagster as dg

from config.settings import settings
from scheme.catalog_files import load_catalog
from warehouse import batches


def main() -> None:
    steps: dict[str, float] = {}
    with dg.DagsterInstance.get() as instance:
        for found in instance.get_runs():
            for step in instance.get_run_step_stats(found.run_id):
                if step.start_time and step.end_time:
                    steps[step.step_key] = steps.get(step.step_key, 0.0) + step.end_time - step.start_time
    entries = load_catalog(settings().catalog).entries.values()
    rows = sum(b.rows_in for e in entries for b in batches.landed(e.department, e.resource))
    print(json.dumps({"steps": steps, "rows": rows}))


if __name__ == "__main__":
    main()
