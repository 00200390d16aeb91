"""谁采集谁负责: everyone who handed over a batch that is in use is named, or it is said how many are not."""

from __future__ import annotations

import datetime as dt

import pytest

from config import clock
from lineage.access import system
from lineage.answers.asked import asked
from lineage.answers.deliveries import LATEST
from lineage.answers.responsibility import COLLECTS, Responsible, responsibility
from registry import audit, demo
from registry.models import Account, Handover
from scheme.names import staging_name
from tests.unit.lineage.planted import HOMES, MONDAY, build, deliver, names
from warehouse import paths
from warehouse.versions import Version

pytestmark = pytest.mark.django_db
OF = names(HOMES)


@pytest.fixture(autouse=True)
def prepared(home, db) -> None:
    demo.prepare_demo()


def batch(n: int) -> tuple[str, str]:
    return f"2026092{1 + n // 24}T{n % 24:02}0000-aaaa", f"{n:064x}"


def deliver_many(count: int, *clerks: str) -> None:
    for n in range(count):
        deliver(HOMES, *batch(n), MONDAY + dt.timedelta(minutes=n))
    for n, clerk in enumerate(clerks):
        row = Handover.objects.create(
            department="minzheng", resource=HOMES[1], file_name="x.csv", sha256=batch(n)[1], rows_declared=3,
            state="已交付", handled_by=clerk, signed_by="minzheng_head", made_at=MONDAY,
        )  # fmt: skip
        for name, act in ((clerk, "提交汇聚批次"), ("minzheng_head", "签发汇聚批次")):
            audit.append(Account.objects.get(username=name), act, f"handover:{row.pk}")
    build(HOMES, batch(count - 1)[0], "c", MONDAY + dt.timedelta(hours=20))


def version_of(*batches: str) -> None:
    """The standardised version that is current, with the batches it holds."""
    name = staging_name(HOMES[0], HOMES[2])
    folder = paths.versions(name) / ("c" * 64)
    folder.mkdir(parents=True)
    record = Version(
        dataset=str(name), version="c" * 64, rows=1, columns={}, batches=list(batches), written_at=clock.now()
    )
    (folder / "version.json").write_text(record.model_dump_json())


def collectors() -> list[Responsible]:
    return [r for r in responsibility(asked(OF["product"]), system()).responsible if r.duty == COLLECTS]


@pytest.mark.requirement("R122")
def test_each_batch_in_use_is_named_with_who_handed_it_over():
    deliver_many(3, "minzheng_clerk", "minzheng_clerk", "bureau_handler")
    version_of(batch(0)[0], batch(2)[0])
    found = collectors()
    persons = [[s.by.username for s in r.persons] for r in found]
    assert persons == [["bureau_handler", "minzheng_head"], ["minzheng_clerk", "minzheng_head"]]
    assert [batch(n)[0] in r.basis for r, n in zip(found, (2, 0), strict=True)] == [True, True]
    assert not any(batch(1)[0] in r.basis or "另有" in r.basis for r in found)


def test_where_no_version_tells_the_latest_stands_and_the_others_are_counted():
    deliver_many(3)
    (found,) = collectors()
    assert batch(2)[0] in found.basis and "另有 2 个较早的批次" in found.basis


def test_batches_beyond_the_list_are_counted():
    deliver_many(LATEST + 4)
    version_of(*(batch(n)[0] for n in range(LATEST + 4)))
    found = collectors()
    assert len(found) == LATEST and "更早的 4 个批次" in found[-1].basis
    assert not any("更早的" in r.basis for r in found[:-1])
