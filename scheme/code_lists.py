"""The reference registers that an item may take its codes from.

Lives here: their names and Chinese titles, as the seeds' own document gives them.
Add here: nothing; a new register is a new seed.
Stays out: their contents (``dbt_project/seeds``).
"""

from __future__ import annotations

from functools import lru_cache

import yaml

from config.settings import PROJECT_ROOT


@lru_cache(maxsize=1)
def code_lists() -> dict[str, str]:
    """Return name → title of every register with a column ``code``."""
    document = yaml.safe_load((PROJECT_ROOT / "dbt_project" / "seeds" / "seeds.yml").read_text("utf-8"))
    return {s["name"]: s["description"] for s in document["seeds"] if "code" in s["config"]["column_types"]}
