"""Whose score is asked for: resources, departments, the district（完整性、一致性、准确性、及时性）.

Lives here: the present scores, each from the last judgement, all of them in one query.
Add here: the score of another group.
Stays out: the arithmetic (``scoring``), earlier scores (``trend``), ranking: departments stand in the catalog's order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from config import clock
from expectations import judgements, parameters
from expectations.judgements import Judgement
from expectations.scoring import GroupScore, Score, resource_score, weight_of
from scheme.catalog import Catalog, CatalogEntry
from scheme.names import staging_name
from scheme.protocols import RuleOutcome

DISTRICT = "全区"


def resource_scores(catalog: Catalog, department: str | None = None) -> list[Score]:
    """Return the scores of the judged resources of a department, or of all that count for the district."""
    entries = [e for e in catalog.entries.values() if _is_asked(e, catalog, department)]
    found = judgements.last([dataset_of(e) for e in entries])
    return [score_of_judgement(e, found[dataset_of(e)]) for e in entries if dataset_of(e) in found]


def department_scores(catalog: Catalog) -> list[GroupScore]:
    """Return the score of every department with resources that counts for the district, in the catalog's order.

    ``parts`` are its judged resources; of a department without any every figure is None.
    """
    return grouped(catalog, resource_scores(catalog), clock.today())


def district_score(catalog: Catalog) -> GroupScore:
    """Return the district's score; ``parts`` are its departments."""
    return district_of(department_scores(catalog))


def score_of(entry: CatalogEntry, outcomes: Iterable[RuleOutcome], day: date | None = None) -> Score:
    """Return the score that outcomes make; ``day``: of the judgement, today if not given."""
    return resource_score(entry, outcomes, parameters.scores(day or clock.today()))


def score_of_judgement(entry: CatalogEntry, judged: Judgement) -> Score:
    """Return the score of one judgement, with the weights of its day."""
    return score_of(entry, judged.outcomes, judged.checked_at.date())


def grouped(catalog: Catalog, found: list[Score], day: date) -> list[GroupScore]:
    """Return departments over the given scores of resources, weighted as on ``day``."""
    weights = parameters.scores(day)["departments"]
    with_entries = {e.department for e in catalog.entries.values()}
    return [
        GroupScore(
            "department", code, d.name, tuple(s for s in found if s.department == code), weight_of(weights, code)
        )
        for code, d in catalog.departments.items()
        if d.counts and code in with_entries
    ]


def district_of(departments: list[GroupScore]) -> GroupScore:
    """Return the district over its departments."""
    return GroupScore("district", "", DISTRICT, tuple(departments), weight_of({"default": "1"}, ""))


def dataset_of(entry: CatalogEntry) -> str:
    """Return the data set in which a resource is judged."""
    return str(staging_name(entry.department, entry.stem))


def _is_asked(entry: CatalogEntry, catalog: Catalog, department: str | None) -> bool:
    return entry.department == department if department else catalog.departments[entry.department].counts
