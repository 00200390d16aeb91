"""Requests made from the interface's own description: whatever is sent, the answer is one the description declares.

Lives here: a program, run in a prepared district: ``python -m tests.integration.api_fuzz EXAMPLES KEY``; the
application is called in this process. Exit 1 and some lines for each operation that broke. Events go in first, so
that what is read next holds what nobody would name.
Stays out: what answers mean (the tests of each route).
"""

from __future__ import annotations

import sys
from collections import Counter
from functools import partial
from urllib.parse import quote

from config import django_setup

django_setup()

import schemathesis  # noqa: E402
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from schemathesis import checks  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal.api.app import api  # noqa: E402
from tests.unit.portal.marquez_scene import CLEAN, DUCK, FIRST, REPORT, SPARK  # noqa: E402

CHECKS = [checks.not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
KNOWN = {
    "namespace": [DUCK, SPARK, CLEAN[0]], "dataset": ["main.clean", "report:daily/x"], "job": [CLEAN[1], REPORT[1]],
    "source": [DUCK], "run": [str(FIRST)], "version": ["v1"], "node": [f"dataset:{DUCK}:main.clean"],
    "nodeId": [f"dataset:{DUCK}:main.clean", f"datasetField:{DUCK}:main.clean:person", f"job:{CLEAN[0]}:{CLEAN[1]}"],
    "column": ["person"], "q": ["main"], "period": ["DAY", "WEEK"],
}  # fmt: skip


def aimed(case: schemathesis.Case, draw: st.DataObject) -> None:
    """Make about half of the names those of things that are there, or nearly every answer is that there is no such."""
    for given_values, written in ((case.path_parameters, partial(quote, safe="")), (case.query, str)):
        for name in list(given_values or {}):
            if name in KNOWN and draw.draw(st.booleans(), label=f"aim {name}"):
                given_values[name] = written(draw.draw(st.sampled_from(KNOWN[name]), label=name))
    for event in case.body if isinstance(case.body, list) else [case.body]:
        if (
            isinstance(event, dict)
            and isinstance(event.get("eventTime"), str)
            and draw.draw(st.booleans(), label="time")
        ):
            event["eventTime"] = "2026-09-24T01:00:00Z"  # any other text is no time, and the event refused for that


def main(examples: int, key: str) -> int:
    """Call every operation; return how many broke."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api)
    statuses: Counter[int] = Counter()
    broken = 0
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in sorted(operations, key=lambda each: "/lineage" not in each.path or each.method != "post"):

        @settings(max_examples=examples, deadline=None, database=None, derandomize=True,
                  suppress_health_check=list(HealthCheck), print_blob=False)  # fmt: skip
        @given(case=operation.as_strategy(), draw=st.data())
        def call(case: schemathesis.Case, draw: st.DataObject) -> None:
            aimed(case, draw)
            answer = case.call(headers={"Authorization": f"Bearer {key}"})
            statuses[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        try:
            call()
        except (Exception, BaseExceptionGroup) as error:
            broken += 1
            print(f"{operation.method.upper()} {operation.path}: {str(error)[:1500]}")
    print(f"{sum(statuses.values())} requests, {dict(sorted(statuses.items()))}")
    return broken


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]), sys.argv[2]) else 0)
