"""Changes between batches, planted into a register, against plain Python; and what a batch is compared with."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest
import yaml

from expectations import evaluate as judging
from expectations import findings
from expectations.drift import measure
from expectations.models import Order
from expectations.orders.follow import follow
from expectations.previous import previous_of
from expectations.problem_rows import problem_rows
from expectations.workbench import build
from scheme.catalog import Department
from tests.district import ROOT
from tests.unit.expectations.judging import ENTRY, entry, land, rows, write
from warehouse import batches
from warehouse.engine import connect

DAYS = [dt.date(2026, month, 24) for month in (5, 6, 7, 8)]


def changed(count: int = 200, **columns) -> dict[str, list]:
    return {**rows(count), **columns}


def last_outcomes(deliveries: list[dict[str, list]], of=None):
    """Judge and record each delivery in its turn; return those of the last one by rule."""
    of = of or entry()
    outcomes = []
    for day, cells in zip(DAYS, deliveries, strict=False):
        version = write(of, cells, land(of, on=day, landed=len(cells["thing_id"])))
        outcomes = judging.evaluate(version, of, None)
        findings.record(version, outcomes, judging.basis(version, of))
    return {o.rule: o for o in outcomes}, version


def first_rows(column: str, value, count: int, of: int = 200) -> dict[str, list]:
    return {column: [value] * count + rows(of)[column][count:]}


@pytest.mark.requirement("R022")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cells", "rule", "failed"),
    [
        (changed(260), "volume_drift", False),  # +30 %: the limit itself
        (changed(261), "volume_drift", True),
        (changed(140), "volume_drift", False),
        (changed(139), "volume_drift", True),
        (changed(**first_rows("phone", None, 10)), "phone__null_drift", False),  # 5 points
        (changed(**first_rows("phone", None, 11)), "phone__null_drift", True),
        (changed(**first_rows("sex_code", "1", 40)), "sex_code__category_drift", False),  # 20 of 200 moved: 10 points
        (changed(**first_rows("sex_code", "1", 42)), "sex_code__category_drift", True),
        (changed(**first_rows("sex_code", "9", 21)), "sex_code__category_drift", True),
    ],
)
def test_a_planted_change_is_found_from_the_limit_on_and_nothing_else(home, cells, rule, failed):
    outcomes, _ = last_outcomes([rows(), cells])
    drift = {r: o.state for r, o in outcomes.items() if r.endswith("_drift")}
    assert drift == dict.fromkeys(
        ["volume_drift", "amount_yuan__null_drift", "sex_code__null_drift", "phone__null_drift",
         "sex_code__category_drift"], "passed",
    ) | {rule: "failed" if failed else "passed"}  # fmt: skip
    assert not any(o.blocks for o in outcomes.values())


def test_measures_equal_plain_python_on_random_registers(home):
    chance = random.Random(36344)

    def register() -> dict[str, list]:
        count = chance.randint(100, 400)
        return {
            **rows(count),
            "sex_code": [chance.choice(["0", "1", "2", "9", None]) for _ in range(count)],
            "phone": [chance.choice(["15400000000", None]) for _ in range(count)],
        }

    of = entry()
    before, now = register(), register()
    write(of, before, land(of, on=DAYS[0]))
    version = write(of, now, land(of, on=DAYS[1]))
    connection = connect()
    build(connection, version, {}, True)
    found = measure(connection, version, of, DAYS[1])
    connection.close()

    def share(cells: dict[str, list], column: str) -> float:
        return cells[column].count(None) / len(cells[column])

    def distance(one: list, other: list) -> float:
        first, second = (Counter(c for c in side if c) for side in (one, other))
        shares = [abs(first[c] / first.total() - second[c] / second.total()) for c in {*first, *second}]
        return sum(shares) / 2

    assert found == pytest.approx(
        {
            "volume_drift": abs(len(now["phone"]) / len(before["phone"]) - 1),
            "amount_yuan__null_drift": 0.0,
            "sex_code__null_drift": share(now, "sex_code") - share(before, "sex_code"),
            "phone__null_drift": share(now, "phone") - share(before, "phone"),
            "sex_code__category_drift": distance(now["sex_code"], before["sex_code"]),
        },
        abs=1e-8,
    )


def test_the_first_batch_is_compared_with_nothing(home):
    of = entry()
    version = write(of, rows(), land(of))
    outcomes = {o.rule for o in judging.evaluate(version, of, None)}
    assert not {r for r in outcomes if r.endswith("_drift") or r.endswith("__unit_slip")}
    assert "amount_yuan__unit_slip" in judging.rule_names(of)


@pytest.mark.django_db
def test_a_small_register_moves_by_chance_and_is_not_compared_in_shares(home):
    outcomes, _ = last_outcomes([rows(99), changed(99, phone=[None] * 99)])
    assert not {r for r in outcomes if r.endswith("_drift")}
    outcomes, _ = last_outcomes([rows(100), rows(3)], entry(resource="others"))
    assert outcomes["volume_drift"].state == "failed" and "phone__null_drift" not in outcomes


@pytest.mark.django_db
def test_an_item_that_is_new_in_the_catalog_is_not_compared(home):
    before = {k: v for k, v in rows().items() if k != "phone"}
    outcomes, _ = last_outcomes([before, rows()])
    assert outcomes["amount_yuan__null_drift"].state == "passed" and "phone__null_drift" not in outcomes


@pytest.fixture
def catalogued(tmp_path, monkeypatch, home):
    """The register under test as a resource of the catalog."""
    folder = tmp_path / "catalog" / "minzheng"
    folder.mkdir(parents=True)
    (folder.parent / "departments.yml").write_text((ROOT / "catalog" / "departments.yml").read_text("utf-8"), "utf-8")
    (folder / "things.yml").write_text(yaml.safe_dump(ENTRY, allow_unicode=True), "utf-8")
    monkeypatch.setenv("SUYUAN_CATALOG", str(folder.parent))


SLIPPED = {3: 1.0003, 50: 1.005, 120: 1.01}  # 10,003, 10,050 and 10,120 yuan given in 万元, the last one rounded


def slipped() -> dict[str, list]:
    cells = rows()
    for row, amount in SLIPPED.items():
        cells["amount_yuan"][row] = amount
    return cells


@pytest.mark.requirement("R022")
@pytest.mark.django_db
def test_an_amount_in_another_unit_is_found_at_its_row_and_until_it_is_put_right(catalogued):
    raised = rows()
    raised["amount_yuan"][7] *= 9_000  # much, but no unit
    outcomes, version = last_outcomes([rows(), {**slipped(), "thing_id": rows()["thing_id"]}])
    assert (outcomes["amount_yuan__unit_slip"].state, outcomes["amount_yuan__unit_slip"].unexpected_count) == (
        "failed", len(SLIPPED),
    )  # fmt: skip
    found = problem_rows(version, entry(), "amount_yuan__unit_slip").to_pylist()
    assert [r["_row_number"] - 1 for r in found] == list(SLIPPED)
    of = entry()
    for day, cells, state in ((DAYS[2], slipped(), "failed"), (DAYS[3], raised, "passed")):
        version = write(of, cells, land(of, on=day))
        outcomes = judging.evaluate(version, of, None)
        findings.record(version, outcomes, judging.basis(version, of))
        assert {o.rule: o.state for o in outcomes}["amount_yuan__unit_slip"] == state


@pytest.mark.django_db
def test_a_change_becomes_the_yardstick_once_the_bureau_accepts_it(catalogued):
    of, half = entry(), rows(100)
    department = Department(code="minzheng", name="民政局", short="民政局")
    outcomes, version = last_outcomes([rows(), half])
    follow(version, of, department, outcomes.values())
    order = Order.objects.get(rule="volume_drift")
    third = write(of, half, land(of, on=DAYS[2]))
    assert previous_of(third).batch == batches.landed("minzheng", "things")[0].batch_id
    assert {o.rule: o.state for o in judging.evaluate(third, of, None)}["volume_drift"] == "failed"
    Order.objects.filter(pk=order.pk).update(state="异议成立")
    assert previous_of(third).batch == batches.landed("minzheng", "things")[1].batch_id
    assert {o.rule: o.state for o in judging.evaluate(third, of, None)}["volume_drift"] == "passed"


@pytest.mark.django_db
def test_a_batch_that_was_set_aside_is_no_yardstick(home):
    of = entry()
    first = land(of, on=DAYS[0])
    write(of, rows(), first)
    bad = land(of, on=DAYS[1])
    write(of, rows(3), bad)
    batches.put_aside(bad.batch_id, "坏")
    assert previous_of(write(of, rows(), land(of, on=DAYS[2]))).batch == first.batch_id


@pytest.mark.django_db
def test_rows_before_that_cannot_be_compared_are_an_error_and_no_finding(home):
    of = entry()
    first = write(of, rows(), land(of, on=DAYS[0]))
    version = write(of, rows(), land(of, on=DAYS[1]))
    connection = connect()
    build(connection, version, {}, True)
    first.path.unlink()
    from expectations.delivery_facts import gather

    facts = gather(connection, version, of)
    connection.close()
    assert facts.values["row_count"] == 200 and "volume_drift" not in facts.values
    assert all("cannot be compared" in facts.errors[r] for r in ("volume_drift", "phone__null_drift"))
