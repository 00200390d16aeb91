"""Events of other producers, as tests read them.

Lives here: reading a file of ``producers/``; ``{home}`` in it stands for SUYUAN_HOME. ``dbt_*`` and
``great_expectations`` were recorded (openlineage-dbt and openlineage-integration-common 1.54, Great Expectations
1.24.1) over the demo district and shortened; ``airflow`` and ``spark`` are written by hand in the shape that those
producers document.
Stays out: tests.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from config.settings import settings

FOLDER = Path(__file__).parent / "producers"
NAMES = ("airflow", "dbt_default", "dbt_structured_logs", "great_expectations", "spark")
OURS = "suyuan://yanzhou"


def bodies(name: str) -> list[bytes]:
    """Return the bodies of one corpus, with this installation's paths."""
    text = (FOLDER / f"{name}.ndjson").read_text("utf-8").replace("{home}", str(settings().home_path))
    return [line.encode() for line in text.splitlines()]


def events(name: str) -> list[dict[str, Any]]:
    """Return the events of one corpus."""
    return [json.loads(body) for body in bodies(name)]


def edges(output: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Return an output's column edges: column, data set, its column, type, subtype, masking."""
    facet = output["facets"].get("columnLineage", {})
    fields = {column: each["inputFields"] for column, each in facet.get("fields", {}).items()}
    return {
        (column, s["name"], s["field"], t.get("type"), t.get("subtype"), t.get("masking"))
        for column, sources in [*fields.items(), ("*", facet.get("dataset", []))]
        for s in sources
        for t in s.get("transformations") or [{}]
    }
