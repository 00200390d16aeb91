"""Which data set a name means.

Lives here: the one name under which the graph keeps a data set that producers name differently.
Add here: another place where a data set is named.
Stays out: what a data set is called here (``scheme.names``), which files are ours (``lineage.foreign.own_files``).

Rules, in this order, by the first that holds:

1. A table of a DuckDB file that is one of our zones is ours, whether the file stands in the namespace
   (``duckdb://<path>``, dbt-ol) or in the dataSource facet (``duckdb+…``, Great Expectations), or in a symlink.
   Views ``platform.current`` and ``platform.history`` are the data set they show.
2. A location (file, s3, hdfs, …) with a symlink of type TABLE is that table, the first of them: a path says where a
   table lies now, the catalog's name is what people and other engines call it. The specification calls symlinks
   alternative names and prefers none. Names outside storage keep their own: Flink's TABLE symlink of a Kafka topic,
   for one, holds within a session only.
3. Any other name is kept.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lineage.events.facet_reading import GROUPS, mapping, sequence, text
from lineage.foreign.own_files import Identity, OwnFiles, is_duckdb, ours

__all__ = ["Identity", "Names", "refers"]
STORAGE = frozenset({
    "abfs", "abfss", "adl", "cosn", "dbfs", "file", "gs", "hdfs", "ks3", "minio", "obs", "oss", "s3", "s3a", "s3n",
    "swift", "tos", "viewfs", "wasb", "wasbs",
})  # fmt: skip


@dataclass
class Names:
    """Every data set an event names: as sent → as kept; ``mapped``: how many became ours."""

    files: OwnFiles
    kept: dict[Identity, Identity] = field(default_factory=dict)
    mapped: int = 0

    @classmethod
    def of(cls, named: list[dict[str, Any]], files: OwnFiles) -> Names:
        """Return the names of an event's data sets."""
        found = cls(files)
        for each in named:
            facets, sent = mapping(each.get("facets")), (each["namespace"], each["name"])
            kept = found.kept[sent] = _identity(sent, facets, files) if _may_differ(sent, facets) else sent
            if sent != kept:
                found.mapped += kept[0] == ours()
                found.kept.update(_renamed(sent, kept, facets))
        return found

    def of_column(self, namespace: str, name: str) -> Identity:
        """Return the kept name of a data set that a facet refers to."""
        sent = (namespace, name)
        return self.kept.get(sent) or self.files.name_of(sent) or sent

    def apply(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return a copy of an event with kept names where it names data sets; what needs none is not copied."""
        changed = dict(event)
        if all(sent == kept and not is_duckdb(sent[0]) for sent, kept in self.kept.items()) and not refers(event):
            return changed
        for part in ("inputs", "outputs"):
            if part in event:
                changed[part] = [self._named(each) for each in event[part]]
        if "dataset" in event:
            changed["dataset"] = self._named(event["dataset"])
        return changed

    def _named(self, each: dict[str, Any]) -> dict[str, Any]:
        namespace, name = self.kept[each["namespace"], each["name"]]
        groups = {group: self._facets(each[group]) for group in GROUPS if mapping(each.get(group))}
        return {**each, "namespace": namespace, "name": name, **groups}

    def _facets(self, stated: dict[str, Any]) -> dict[str, Any]:
        facets = dict(stated)
        if "columnLineage" in facets:
            facets["columnLineage"] = self._lineage(mapping(facets["columnLineage"]))
        if "lineage" in facets:
            facets["lineage"] = self._explicit(mapping(facets["lineage"]))
        if "lifecycleStateChange" in facets:
            facets["lifecycleStateChange"] = self._previous(mapping(facets["lifecycleStateChange"]))
        return facets

    def _lineage(self, facet: dict[str, Any]) -> dict[str, Any]:
        changed = dict(facet)
        changed["fields"] = {
            column: {**mapping(each), "inputFields": self._sources(mapping(each).get("inputFields"))}
            for column, each in mapping(facet.get("fields")).items()
        }
        if "dataset" in facet:
            changed["dataset"] = self._sources(facet["dataset"])
        return changed

    def _explicit(self, facet: dict[str, Any]) -> dict[str, Any]:
        fields = {
            column: {**mapping(each), "inputs": self._sources(mapping(each).get("inputs"))}
            for column, each in mapping(facet.get("fields")).items()
        }
        inputs = {"inputs": self._sources(facet["inputs"])} if "inputs" in facet else {}
        return {**facet, **inputs, **({"fields": fields} if "fields" in facet else {})}

    def _sources(self, fields: Any) -> list[Any]:
        return [self._referred(each) if isinstance(each, dict) else each for each in sequence(fields)]

    def _previous(self, facet: dict[str, Any]) -> dict[str, Any]:
        before = facet.get("previousIdentifier")
        return {**facet, "previousIdentifier": self._referred(before)} if isinstance(before, dict) else facet

    def _referred(self, reference: dict[str, Any]) -> dict[str, Any]:
        namespace, name = self.of_column(text(reference.get("namespace")), text(reference.get("name")))
        return {**reference, "namespace": namespace, "name": name}


def refers(event: dict[str, Any]) -> bool:
    """Return whether a facet names a DuckDB file: a COMPLETE may name what only its START had as input."""
    for each in (*event.get("outputs", ()), *([event["dataset"]] if "dataset" in event else ())):
        for group in filter(each.get, GROUPS):
            if any(is_duckdb(text(source.get("namespace"))) for source in _references(mapping(each[group]))):
                return True
    return False


def _references(facets: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every data set that facets of another name: sources, explicit inputs, what it was called before."""
    lineage, explicit = mapping(facets.get("columnLineage")), mapping(facets.get("lineage"))
    found = [lineage.get("dataset"), explicit.get("inputs")]
    found += [mapping(column).get("inputFields") for column in mapping(lineage.get("fields")).values()]
    found += [mapping(column).get("inputs") for column in mapping(explicit.get("fields")).values()]
    for sources in found:
        yield from map(mapping, sequence(sources))
    yield mapping(mapping(facets.get("lifecycleStateChange")).get("previousIdentifier"))


def _may_differ(sent: Identity, facets: dict[str, Any]) -> bool:
    return is_duckdb(sent[0]) or "symlinks" in facets


def _identity(sent: Identity, facets: dict[str, Any], files: OwnFiles) -> Identity:
    own_namespace, links = ours(), _links(facets)
    if sent[0] == own_namespace:
        return sent
    source = text(mapping(facets.get("dataSource")).get("uri"))
    for namespace, name, _ in [(*sent, ""), *links]:
        own = (own_namespace, name) if namespace == own_namespace else files.name_of((namespace, name), source)
        if own:
            return own
    if sent[0].partition(":")[0].lower() in STORAGE:
        return next(((n, name) for n, name, kind in links if kind == "TABLE"), sent)
    return sent


def _links(facets: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = [mapping(each) for each in sequence(mapping(facets.get("symlinks")).get("identifiers"))]
    named = [(text(i.get("namespace")), text(i.get("name")), text(i.get("type")).upper()) for i in found]
    return [link for link in named if link[0] and link[1]]


def _renamed(sent: Identity, kept: Identity, facets: dict[str, Any]) -> dict[Identity, Identity]:
    """Return what the former path of a renamed table was called: its folder bears the table's name, as this one's."""
    before = mapping(mapping(facets.get("lifecycleStateChange")).get("previousIdentifier"))
    path, group = text(before.get("name")), kept[1].rpartition(".")[0]
    if posixpath.basename(sent[1]) != kept[1].rpartition(".")[2] or not posixpath.basename(path):
        return {}
    name = ".".join(part for part in (group, posixpath.basename(path)) if part)
    return {(text(before.get("namespace")), path): (kept[0], name)}
