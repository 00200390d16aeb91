"""The drawer of one data set: 数据项, 质量, 授权, 责任, 运行, 版本, as of a moment.

Lives here: what is stated of one data set, from the graph, the log, the grants and the handovers.
Add here: another fact an auditor asks of one data set.
Stays out: what lies upstream or downstream (``lineage.graph.trace``), how it looks (``portal``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config import clock
from lineage.access import Viewer, redact, system
from lineage.answers import words
from lineage.answers.authorizations import authorizations
from lineage.answers.handovers import HANDLED, SIGNED, handed_over
from lineage.answers.persons import Persons
from lineage.events.content import read_content
from lineage.graph.picture_edges import column_edges
from lineage.graph.places import Place, Places
from lineage.graph.surroundings import Surroundings
from lineage.graph.view import view
from lineage.models import WHOLE, Event, Job, Run, Statement, microseconds, moment
from registry.models import GrantRecord

_LAST = 50
_OUTCOMES = {"COMPLETE": "完成", "FAIL": "失败", "ABORT": "中止", "START": "进行中", "RUNNING": "进行中"}
_PEOPLE = {HANDLED: "经办人", SIGNED: "签发人"}
_HIDDEN = {"node": "", "title": "不在您查看权限内的数据集", "column": ""}


@dataclass(frozen=True)
class Item:
    """A column and where its values come from; ``sources``: node, title, column, state in words."""

    name: str
    type: str
    title: str
    sources: list[dict[str, str]]


@dataclass(frozen=True)
class Made:
    """One statement: which version, how many rows, by which job and run; ``outcome``: how the run stood by then."""

    at: datetime
    seq: int
    version: str
    rows: int | None
    change: str
    job: str
    run: Run | None
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class Details:
    """Everything the drawer shows; ``has_more``: it was made more often than ``made`` lists; not ``is_known``: this
    reader may read name, title and columns only."""

    node: str
    name: str
    title: str
    place: Place
    at: datetime
    seq: int
    items: list[Item]
    assertions: list[dict[str, Any]]
    not_evaluated: list[dict[str, Any]]
    grant: dict[str, Any]
    grant_state: str
    delivery: dict[str, Any]
    responsible: list[tuple[str, str]]
    made: list[Made]
    has_more: bool = False
    sql: str = ""
    whole: list[dict[str, str]] = field(default_factory=list)
    is_known: bool = True

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Assertions that did not hold."""
        return [a for a in self.assertions if not a.get("success")]


def details(name: str, *, at: datetime | None = None, who: Viewer | None = None) -> Details:
    """Return what is known of a data set by ``at`` and may be read; ``who`` None: the system itself.

    Raises:
        UnknownNodeError: not known by then, or hidden from this reader.
    """
    graph, who = view(at), who or system()
    around = Surroundings(graph, who)
    node = around.start(name)
    is_known = around.knows(node)
    stated = redact(graph.facets(node), who, graph.node(node), is_known=is_known)
    place = Places()(graph.namespace(node), graph.name(node))
    persons, until = Persons(), min(graph.at, clock.now())
    granted = next(iter(authorizations({place.grant}, until, persons)), None) if place.grant and is_known else None
    grant = stated.get("suyuan_grant") or (_from_record(place.grant) if granted else {})
    delivery = stated.get("suyuan_delivery") or {}
    made, has_more = _made(around, node) if is_known else ([], False)
    return Details(
        graph.node(node), graph.name(node), graph.title(node), place, graph.at, graph.seq,
        _items(around, node), _list(stated.get("dataQualityAssertions"), "assertions"),
        _list(stated.get("suyuan_not_evaluated"), "rules"), grant, granted.state if granted else "", _worded(delivery),
        _responsible(place, delivery, grant, until, persons), made, has_more, _sql(made) if who.sees_sql else "",
        _sources(around, node, WHOLE), is_known,
    )  # fmt: skip


def _list(facet: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    found = (facet or {}).get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _items(around: Surroundings, node: int) -> list[Item]:
    known = [(c.name, c.type, c.description) for c in around.graph.columns(node)]
    named = {name for name, _, _ in known}
    others = sorted({e.column for e in around.graph.edges_into(node)} - named - {WHOLE})
    return [Item(*c, _sources(around, node, c[0])) for c in known + [(name, "", "") for name in others]]


def _sources(around: Surroundings, node: int, column: str) -> list[dict[str, str]]:
    found, graph = [], around.graph
    for edge in graph.edges_into(node):
        if edge.column == column:
            (line,) = column_edges([edge])
            title = graph.title(edge.input) or graph.name(edge.input)
            source = {"node": graph.node(edge.input), "title": title, "column": edge.input_column}
            found.append((source if around.may_see(edge.input) else dict(_HIDDEN))
                         | {"state": line["state_title"], "subtype": edge.subtype})  # fmt: skip
    return found


def _made(around: Surroundings, node: int) -> tuple[list[Made], bool]:
    """Return the latest statements, newest first, and whether there are more."""
    graph, is_told = around.graph, around.may_read_version(node)
    until = {"event_us__lte": microseconds(graph.at), "seq__lte": graph.seq}
    rows = list(Statement.objects.filter(dataset_id=node, **until).order_by("-event_us", "-seq")[: _LAST + 1])
    has_more, rows = len(rows) > _LAST, rows[:_LAST]
    jobs = dict(Job.objects.filter(pk__in={r.job_id for r in rows if r.job_id}).values_list("pk", "name"))
    runs = Run.objects.in_bulk({r.run_id for r in rows if r.run_id})
    made = [_statement(row, jobs.get(row.job_id, ""), runs.get(row.run_id), is_told, graph.at) for row in rows]
    return made, has_more


def _statement(row: Statement, job: str, run: Run | None, is_told: bool, until: datetime) -> Made:
    started, ended, state = (run.started_us, run.ended_us, str(run.state)) if run else (None, None, "")
    if ended is not None and ended > microseconds(until):
        ended, state = row.event_us, "COMPLETE"  # by then it had ended with this statement, and once more since
    return Made(
        _shown(row.event_us), row.seq, row.version if is_told else "", row.rows if is_told else None,
        row.get_change_display(), job, run, None if started is None else _shown(started),
        None if ended is None else _shown(ended), _OUTCOMES.get(state, state),
    )  # fmt: skip


def _sql(made: list[Made]) -> str:
    """Return the statement text of the event that last made it; it holds no value of the data."""
    event = Event.objects.filter(seq=made[0].seq).first() if made else None
    content = read_content(bytes(event.body), seq=event.seq) if event else None
    job = (content or {}).get("job")
    facet = ((job or {}).get("facets") or {}).get("sql") or {}
    return str(facet.get("query") or "")


def _from_record(grant: str) -> dict[str, Any]:
    """Return what a grant facet would say, for a product whose own events carry none."""
    record = GrantRecord.objects.get(grant=grant)
    d = record.document
    return {
        "grant": record.grant, "version": record.version, "sha256": record.sha256, "scenario": d["scenario"]["name"],
        "useClass": d["scenario"]["use_class"], "operationAgreement": d["operation_agreement"]["number"],
        "developmentAgreement": d["development_agreement"]["number"], "validFrom": d["valid_from"],
        "validTo": d["valid_to"], "authorizer": d["bureau"]["name"], "operatingParty": d["primary_operator"]["name"],
        "user": d["developer"]["name"],
    }  # fmt: skip


def _worded(delivery: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a delivery with its codes in words."""
    if not delivery:
        return {}
    number, texts = delivery.get("schemaVersion"), {k: str(delivery.get(k) or "") for k in ("receiver", "encoding")}
    return {
        **delivery, "receiver": words.receiver(texts["receiver"]), "encoding": words.encoding(texts["encoding"]),
        "schemaVersion": words.schema_version(number if isinstance(number, int) else None),
    }  # fmt: skip


def _responsible(
    place: Place, delivery: dict[str, Any], grant: dict[str, Any], until: datetime, persons: Persons
) -> list[tuple[str, str]]:
    """Return the five 谁 as far as this data set itself says by then; the whole chain names the others."""
    found = []
    if place.zone in ("delivery", "landing"):
        brought = handed_over(str(delivery.get("sha256") or ""), place.provider, "", until, persons)
        found += [("采集（数源部门）", place.provider_title)]
        found += [(_PEOPLE[s.act], s.by.name) for s in (brought.steps if brought else [])]
    if place.zone in ("landing", "platform"):
        found.append(("持有", "区大数据主管部门"))
    for duty, key in (("授权", "authorizer"), ("运营", "operatingParty"), ("使用", "user")):
        if grant.get(key):
            found.append((duty, str(grant[key])))
    return found


def _shown(micros: int) -> datetime:
    return moment(micros).astimezone(clock.SHANGHAI)
