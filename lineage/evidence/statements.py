"""Whether the events of an evidence package say what its answer shows: data sets, edges, columns.

Lives here: holding the answer against the wording of its events. It goes into each package as a part of verify.py, so
it imports nothing but the standard library and what goes in with it.
Add here: another part of an answer that must rest on the wording of events.
Stays out: reading events (``lineage.evidence.told``), signatures, digests and proofs (``lineage.evidence.verifier``).
What it says is read by an auditor, so in Chinese.

The events of one run add up: one may name the source, another the target. SQL is not parsed here, and a pruned event
has no wording any more: what rests on either is counted and said, not claimed.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from lineage.evidence.told import Told, as_dict

STATED, BY_SQL, GONE = "stated", "sql", "gone"


class WrongError(Exception):
    """A check failed; the text says which and where."""


class Package:
    """The events of a package by run, and the names of its data sets."""

    def __init__(self, files: dict, grounds: dict) -> None:
        self._told, self._key = {}, {}
        self.edges = {(g["source"], g["target"]): set(g["events"]) for g in grounds["edges"]}
        self.behind = {g["node"]: set(g["events"]) for g in grounds["nodes"]}  # with those of its edges
        for pair, events in self.edges.items():
            for end in pair:
                self.behind.setdefault(end, set()).update(events)
        self.names = {n["node"]: {(n["namespace"], n["name"]), *map(tuple, n["also"])} for n in grounds["names"]}
        for name in sorted(files):
            if name.startswith("events/"):
                event = json.loads(files[name])
                key = str(as_dict(event.get("run")).get("runId", name)).lower()
                self._key[int(name[7:-5])] = key
                self._told.setdefault(key, Told()).add(event)

    def rests_on(self) -> set:
        """Return every event that the answer is said to rest on."""
        return set().union(*self.behind.values())

    def told(self, seqs: set) -> list:
        """Return what these events say, run by run."""
        return [self._told[key] for key in sorted({self._key[s] for s in seqs if s in self._key})]

    def judge(self, seqs: set, is_said: Callable[[Told], bool], is_by_sql: Callable[[Told], bool], what: str) -> str:
        """Return on what something rests: wording, a statement in SQL, or the header of a pruned event alone."""
        told = self.told(seqs)
        for kind, holds in ((STATED, is_said), (BY_SQL, is_by_sql)):
            if any(holds(t) for t in told):
                return kind
        if any(s not in self._key for s in seqs):
            return GONE
        raise WrongError("所附血缘记录没有写明：" + what)


def check_statements(files: dict, seqs: set) -> list:
    """Return in words what events say of the answer; ``seqs``: the events of the package.

    Raises:
        WrongError: something is shown that no event says.
    """
    answer, columns = json.loads(files["subgraph.json"]), json.loads(files["columns.json"])
    shown, edges = ([e for way in (answer, answer["opposite"]) for e in way[part]] for part in ("nodes", "edges"))
    package = Package(files, json.loads(files["grounds.json"]))
    if not seqs.issuperset(package.rests_on()):
        raise WrongError("所依据的血缘记录没有附上")
    pairs = {(e["source"], e["target"]) for e in [*edges, *columns]}
    detailed = {json.dumps(e, sort_keys=True): e for e in [*columns, *(e for e in edges if e["type"])]}
    found = [_edge(package, pair) for pair in sorted(pairs)]
    found += [_node(package, node) for node in shown]
    found += [_column(package, e) for e in detailed.values()]
    return _words(len({n["name"] for n in shown}), len(pairs), len(detailed), found, package)


def _words(nodes: int, edges: int, columns: int, found: list, package: Package) -> list:
    said = [
        f"{nodes}个数据集（含版本、记录数和登记事实）、{edges}条关系的两端、{columns}条数据项对应关系（含方式、处理和"
        "是否脱敏）已与所附血缘记录的正文逐项核对"
    ]
    if BY_SQL in found:
        said.append(f"其中{found.count(BY_SQL)}项由血缘记录所载SQL语句推出：本程序不解析SQL，只核对了记录载有该语句")
    if GONE in found:
        said.append(f"其中{found.count(GONE)}项所依据记录的正文已依规清理：只核对了记录在日志中存在")
    spelled = sum(len(names) > 1 for names in package.names.values())
    if spelled:
        said.append(f"其中{spelled}个数据集在血缘记录中另有名称，按 grounds.json 所列对照")
    return said


def _node(package: Package, node: dict) -> str:
    names, what = package.names[node["name"]], node["name"]
    events = package.behind.get(what, set())
    named = package.judge(
        events, lambda told: bool(names & told.named()), lambda told: _is_in_sql(names, told), "数据集 " + what
    )
    facets = [f for told in package.told(events) for name in names for f in told.facets.get(name, ())]
    wanted = (("版本", node["version"], _version), ("记录数", node["rows"], _rows))
    missing = [word for word, value, said in wanted if value not in (None, "") and value not in said(facets)]
    missing += [n for n, fact in node["facts"].items() if fact not in [_plain(as_dict(f.get(n))) for f in facets]]
    return package.judge(events, _never, _never, f"{what} 的{'、'.join(missing)}") if missing else named


def _never(told: Told) -> bool:
    return False


def _edge(package: Package, pair: tuple) -> str:
    events, what = package.edges.get(pair), " → ".join(pair)
    if not events:
        raise WrongError("没有血缘记录为据：" + what)
    sources, targets = (package.names[end] for end in pair)

    def is_said(told: Told) -> bool:
        return any(sources & (told.inputs | told.refers[t]) for t in targets if t in told.refers)

    def is_by_sql(told: Told) -> bool:
        return any(t in told.refers for t in targets) and _is_in_sql(sources, told)

    return package.judge(events, is_said, is_by_sql, what)


def _column(package: Package, edge: dict) -> str:
    events = package.edges[edge["source"], edge["target"]]
    sources, targets = package.names[edge["source"]], package.names[edge["target"]]
    way, same = (edge["type"], edge["subtype"], edge["masking"]), edge["source_column"] == edge["target_column"]

    def ways(told: Told) -> set:
        keys = [(t, edge["target_column"], s, edge["source_column"]) for t in targets for s in sources]
        return set().union(*(told.ways.get(key, set()) for key in keys))

    def is_said(told: Told) -> bool:
        return way in ways(told) or (same and any(told.former.get(t, set()) & sources for t in targets))

    def is_by_sql(told: Told) -> bool:
        is_open = not ways(told) or None in ways(told)
        return bool(is_open and told.sql and any(t in told.refers for t in targets))

    what = "{source}.{source_column} → {target}.{target_column}".format(**edge)
    return package.judge(events, is_said, is_by_sql, what)


def _is_in_sql(names: set, told: Told) -> bool:
    return any(name.replace('"', "").rpartition(".")[2].lower() in told.sql for _, name in names)


def _version(facets: list) -> list:
    return [as_dict(f.get("version")).get("datasetVersion") for f in facets]


def _rows(facets: list) -> list:
    return [as_dict(f.get(name)).get("rowCount") for f in facets for name in ("outputStatistics", "dataQualityMetrics")]


def _plain(facet: dict) -> dict:
    return {name: value for name, value in facet.items() if not name.startswith("_")}
