"""Which versions hold what one bad version or batch brought: run by run, as the runs recorded what they read.

Lives here: from (data set, version) to every (data set, version) made of it.
Add here: another record that tells which version went into which.
Stays out: what is downstream whatever the version (``lineage.answers.chain``).

A run that recorded no version of what it read may have read any: what it made counts as touched. History and
increments hold older batches than the last one read: their versions name the batches they hold.
"""

from __future__ import annotations

from config.settings import settings
from lineage.graph.view import View
from lineage.models import Mention, Statement, microseconds
from scheme.catalog_files import load_catalog
from scheme.names import delivery_name, landing_name, staging_name
from warehouse import versions

Made = tuple[int, str]  # data set id, version


def spread(view: View, starts: set[Made]) -> set[Made]:
    """Return the versions made of these, themselves included, as known in this view."""
    seen, open_ends = set(starts), list(starts)
    while open_ends:
        dataset, version = open_ends.pop()
        fresh = _made_of(view, dataset, version) - seen
        seen |= fresh
        open_ends += fresh
    return seen


def starts_of_batch(view: View, batch: str) -> tuple[str, set[Made]]:
    """Return the landed data set of a batch, and the versions that hold it; an empty name: no such batch."""
    of = Statement.objects.filter(version=batch, **_by(view)).order_by("seq").values_list("dataset_id", flat=True)
    landed = next((pk for pk in of if view.name(pk).startswith("landing.")), None)
    if landed is None:
        return "", set()
    found = {(landed, batch)}
    entry = next(
        (e for e in load_catalog(settings().catalog).entries.values()
         if str(landing_name(e.department, e.resource)) == view.name(landed)), None,
    )  # fmt: skip
    staged = staging_name(entry.department, entry.stem) if entry else None
    number = view.find(str(staged)) if staged else None
    if staged and number:
        found |= {(number, v.version) for v in versions.written(staged) if batch in v.batches}
    return view.name(landed), found


def holders(landed: str) -> set[str]:
    """Return the data sets of the resource that a landed data set belongs to: delivered, landed, standardised."""
    for e in load_catalog(settings().catalog).entries.values():
        if str(landing_name(e.department, e.resource)) == landed:
            return {landed, str(delivery_name(e.department, e.resource)), str(staging_name(e.department, e.stem))}
    return {landed}


def _made_of(view: View, dataset: int, version: str) -> set[Made]:
    read = Mention.objects.filter(
        dataset_id=dataset, part=Mention.Part.INPUT, version__in=("", version), run__isnull=False, **_by(view)
    )
    runs = list(read.values_list("run_id", flat=True).distinct())
    found: set[Made] = set()
    for start in range(0, len(runs), 500):
        made = Statement.objects.filter(run_id__in=runs[start : start + 500], **_by(view))
        found |= set(made.values_list("dataset_id", "version"))
    return found


def _by(view: View) -> dict[str, int]:
    return {"event_us__lte": microseconds(view.at), "seq__lte": view.seq}
