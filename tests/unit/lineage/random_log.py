"""A random log: runs, jobs and data set events of some 400 days, late, twice, failing, renaming, from others.

Lives here: writing it, day by day.
Stays out: tests.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

import pytest

from lineage.events.content import heard
from lineage.events.ingest import ingest_entries
from lineage.events.specification import read
from tests.unit.lineage.events import NAMESPACE, START, facet
from tests.unit.lineage.retained import day

OWN = [f"platform.a.t{i}" for i in range(5)]
FOREIGN = "pg://elsewhere"
COLUMNS = ["id", "name", "sum"]


class Log:
    """Writes random events, day by day; some tell of days long past, some twice, some come from others."""

    def __init__(self, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.chance, self.monkeypatch = random.Random(seed), monkeypatch
        self.before: list[tuple[bytes, str]] = []

    def write(self, days: range) -> None:
        for n in days:
            self.monkeypatch.setenv("SUYUAN_NOW", day(n).isoformat())
            for body, via in self._some(n):
                ingest_entries([heard(read(body, via))])
        self.monkeypatch.setenv("SUYUAN_NOW", START.isoformat())

    def _some(self, n: int) -> list[tuple[bytes, str]]:
        at = day(n - self.chance.choice([0, 0, 0, 0, 3, 40]))
        if self.chance.random() < 0.08 and self.before:
            return [self.chance.choice(self.before)]
        make = self.chance.choice([self._run, self._run, self._run, self._run, self._job, self._dataset, self._end])
        made = [(json.dumps(document).encode(), self._via()) for document in make(n, at)]
        self.before += made
        return made

    def _via(self) -> str:
        return "key" if self.chance.random() < 0.15 else ""

    def _named(self, name: str, **facets: Any) -> dict[str, Any]:
        namespace = FOREIGN if name.startswith("x.") else NAMESPACE
        return {"namespace": namespace, "name": name, "facets": facets}

    def _sources(self) -> list[str]:
        return self.chance.sample([*OWN, "delivery.a.s", "x.one", "x.two"], self.chance.choice([1, 1, 2]))

    def _lineage(self) -> dict[str, Any]:
        fields = {}
        for column in self.chance.sample(COLUMNS, 2):
            source = self.chance.choice([*OWN, *OWN, f"x.only{self.chance.randrange(6)}"])
            place = FOREIGN if source.startswith("x.") else NAMESPACE
            field = self.chance.choice([*COLUMNS, f"c{self.chance.randrange(5)}"])
            fields[column] = {"inputFields": [{"namespace": place, "name": source, "field": field}]}
        return facet(fields=fields)

    def _facets(self, n: int) -> dict[str, Any]:
        chance, found = self.chance, {}
        if chance.random() < 0.5:
            found["version"] = facet(datasetVersion=f"v{n}")
        if chance.random() < 0.5:
            found["columnLineage"] = self._lineage()
        if chance.random() < 0.3:
            found["documentation"] = facet(description=chance.choice(["", "", "甲", f"丙{n % 20}"]))
        if chance.random() < 0.3:
            more = {"description": chance.choice(["", "", "编号", f"数{n % 20}"])} if chance.random() < 0.5 else {}
            names = [*chance.sample(COLUMNS, 2), f"s{chance.randrange(6)}"]
            found["schema"] = facet(fields=[{"name": name, "type": "text", **more} for name in names])
        return found

    def _changed(self) -> dict[str, Any]:
        roll = self.chance.random()
        if roll < 0.06:
            return {"lifecycleStateChange": facet(lifecycleStateChange="DROP")}
        if roll < 0.12:
            was = {"namespace": NAMESPACE, "name": self.chance.choice(OWN)}
            return {"lifecycleStateChange": facet(lifecycleStateChange="RENAME", previousIdentifier=was)}
        return {"lifecycleStateChange": facet(lifecycleStateChange="OVERWRITE")} if roll < 0.3 else {}

    def _event(self, at: dt.datetime, kind: str, **parts: Any) -> dict[str, Any]:
        schema = f"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/{kind}"
        return {"eventTime": at.isoformat(), "producer": "https://example.org/p", "schemaURL": schema, **parts}

    def _of_job(self) -> dict[str, Any]:
        kind = self.chance.choice(["", "MODEL", "LANDING", "CHECK"])
        facets = {"jobType": facet(processingType="BATCH", integration="X", jobType=kind)} if kind else {}
        return {"namespace": NAMESPACE, "name": f"job {self.chance.randrange(4)}", "facets": facets}

    def _run(self, n: int, at: dt.datetime) -> list[dict[str, Any]]:
        chance = self.chance
        run = {"runId": f"00000000-0000-4000-8000-{n:012x}"}
        job, target = self._of_job(), chance.choice(OWN)
        inputs = [self._named(name, **(self._facets(n) if chance.random() < 0.2 else {})) for name in self._sources()]
        output = self._named(target, **self._facets(n), **self._changed())
        final = chance.choice(["COMPLETE"] * 6 + ["FAIL", "RUNNING"])
        first = self._event(at, "RunEvent", eventType="START", run=run, job=job, inputs=inputs, outputs=[])
        if chance.random() < 0.2:
            first["outputs"] = [self._named(target, **self._facets(n))]
        later = at + dt.timedelta(minutes=chance.choice([1, 5]))
        last = self._event(later, "RunEvent", eventType=final, run=run, job=job, inputs=[], outputs=[output])
        return [first, last] if chance.random() < 0.8 else [last, first]

    def _end(self, n: int, at: dt.datetime) -> list[dict[str, Any]]:
        """A run of these days fails after all, or ends."""
        run = {"runId": f"00000000-0000-4000-8000-{max(0, n - self.chance.choice([1, 2, 3, 20])):012x}"}
        state = self.chance.choice(["FAIL", "COMPLETE"])
        return [self._event(at, "RunEvent", eventType=state, run=run, job=self._of_job(), inputs=[], outputs=[])]

    def _job(self, n: int, at: dt.datetime) -> list[dict[str, Any]]:
        inputs = [self._named(name) for name in self._sources()]
        outputs = [self._named(self.chance.choice(OWN), **self._facets(n))]
        return [self._event(at, "JobEvent", job=self._of_job(), inputs=inputs, outputs=outputs)]

    def _dataset(self, n: int, at: dt.datetime) -> list[dict[str, Any]]:
        named = self._named(self.chance.choice(OWN), **self._facets(n), **self._changed())
        return [self._event(at, "DatasetEvent", dataset=named)]
