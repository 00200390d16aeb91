"""Registers collected from a real PostgreSQL and a real paged interface, row by row against what was put there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest
import yaml

from orchestration.collect import answer, attempt, http, state
from orchestration.collect.collect import collect
from orchestration.collect.error import CollectError
from orchestration.ingest.deliver import land_waiting
from scheme.catalog import CatalogEntry
from tests import sources
from tests.district import ROOT, District
from tests.sources import PASSWORD, TOKEN, Rows, document, things, write_connection
from warehouse import batches, inbox, paths

PATHS = {"path": "things", "rows_a_page": 10}


def entry(*arguments: Any, **more: Any) -> CatalogEntry:
    return CatalogEntry.model_validate(document(*arguments, **more))


def at(monkeypatch: pytest.MonkeyPatch, day: int) -> None:
    monkeypatch.setenv("SUYUAN_NOW", f"2026-09-{day:02}T09:30:00")


def landed(of: CatalogEntry) -> list[tuple[str, Rows]]:
    """Mode and rows of each batch, oldest first, after landing what waits."""
    list(land_waiting(of, "test"))
    found = []
    for batch in batches.landed(of.department, of.resource):
        assert batch.rows_declared == batch.rows_in and batch.delivered_by.startswith("接口采集：")
        items = [c for c in batch.columns if c != "note"]
        found.append((batch.mode, pl.read_parquet(batch.data).select(items).sort("thing_id").to_dicts()))
    assert [r for r in batches.refusals() if r.resource == of.resource] == []
    return found


def as_text(rows: Rows) -> Rows:
    return [{k: str(v) for k, v in r.items()} for r in rows]


def demand_no_secret(folder: Path, *said: str) -> None:
    files = [f.read_bytes() for f in folder.rglob("*") if f.is_file()]
    for secret in (PASSWORD, TOKEN):
        assert not [s for s in said if secret in s] and not any(secret.encode() in f for f in files)


def refusal(of: CatalogEntry) -> CollectError:
    with pytest.raises(CollectError) as found:
        collect(of, "test")
    assert "\n" not in str(found.value)
    demand_no_secret(paths.home(), str(found.value))
    return found.value


# --- database


@pytest.fixture(scope="module")
def dsn():
    programs = sources.postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with sources.postgres(programs) as found:
        yield found


@pytest.fixture
def table(dsn, home):
    """A table of things, in a connection that sees it."""
    write_connection(home.parent / "keys", "db", {"dsn": dsn})
    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute("DROP SCHEMA IF EXISTS reg CASCADE; CREATE SCHEMA reg; CREATE TABLE reg.things "
                     '(thing_id text, "名称" text, seq bigint, change text, extra text)')  # fmt: skip
        yield link


def put(link: psycopg.Connection, rows: Rows) -> None:
    with link.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO reg.things VALUES (%s, %s, %s, %s, 'kept back')", [tuple(r.values()) for r in rows]
        )


FROM_TABLE = {"origin": {"table": "reg.things"}}


@pytest.mark.requirement("R017")
def test_a_table_is_collected_whole_then_by_what_is_beyond_the_checkpoint(table, monkeypatch):
    of = entry("postgres", "db", increments=True, **FROM_TABLE)
    first, second = things(1, 2500), [*things(2501, 2510), *things(2511, 2511, thing_id="T00003", change="删除")]
    at(monkeypatch, 1)
    put(table, first)
    assert collect(of, "test")
    assert landed(of) == [("full", as_text(first))]
    at(monkeypatch, 2)
    assert collect(of, "test") is None and inbox.waiting(of) == []
    put(table, second)
    assert collect(of, "test")
    by_key = sorted(as_text(second), key=lambda r: r["thing_id"])
    assert landed(of) == [("full", as_text(first)), ("increment", by_key)]
    demand_no_secret(paths.home())


def test_a_kill_between_hand_over_and_checkpoint_loses_no_row(table, monkeypatch):
    of = entry("postgres", "db", increments=True, **FROM_TABLE)
    at(monkeypatch, 1)
    put(table, things(1, 20))
    collect(of, "test")
    landed(of)
    put(table, things(21, 30))
    at(monkeypatch, 2)
    with monkeypatch.context() as patch:
        patch.setattr(state, "handed_over", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            collect(of, "test")
    at(monkeypatch, 3)
    put(table, things(31, 35))
    collect(of, "test")
    truth = [("full", things(1, 20)), ("increment", things(21, 30)), ("increment", things(21, 35))]
    assert landed(of) == [(mode, as_text(rows)) for mode, rows in truth]


def test_rows_of_a_batch_set_aside_are_collected_again(table, monkeypatch):
    of = entry("postgres", "db", increments=True, **FROM_TABLE)
    for day, last in ((1, 10), (2, 20), (3, 30)):
        at(monkeypatch, day)
        put(table, things(last - 9, last))
        collect(of, "test")
        landed(of)
        if day == 2:
            batches.put_aside(batches.landed("minzheng", "things")[-1].batch_id, "test")
    assert [(m, len(r)) for m, r in landed(of)] == [("full", 10), ("increment", 10), ("increment", 20)]


def test_a_moment_is_written_as_wall_clock_time_and_a_checkpoint(table, monkeypatch):
    table.execute("ALTER TABLE reg.things ALTER seq TYPE timestamptz USING '2026-09-01 00:00:00.5+00'::timestamptz "
                  "+ seq * interval '1 second'")  # fmt: skip
    table.execute("INSERT INTO reg.things VALUES ('T1', '甲', '2026-09-01 00:00:01.25+00', '新增')")
    of = entry("postgres", "db", increments=True, **FROM_TABLE)
    at(monkeypatch, 1)
    collect(of, "test")
    assert landed(of)[0][1][0]["seq"] == "2026-09-01 08:00:01.25"
    assert collect(of, "test") is None


def test_a_database_that_cannot_be_read_says_why_in_one_line(table, dsn, home):
    def said(connection: Any = None, table: str = "reg.things", mode: int = 0o600) -> tuple[str, int]:
        write_connection(home.parent / "keys", "db", {"dsn": dsn} if connection is None else connection, mode)
        error = refusal(entry("postgres", "db", origin={"table": table}))
        return str(error), error.code

    assert "no table reg.nothing" in said(table="reg.nothing")[0]
    assert "no table reg.things; DROP TABLE reg.things" in said(table="reg.things; DROP TABLE reg.things")[0]
    assert said(mode=0o644)[1] == 2 and "0600" in said(mode=0o644)[0]
    assert said({"dsn": dsn, "password": PASSWORD})[1] == 2
    assert said(f"{{{PASSWORD}")[1] == 2
    assert said({"dsn": f"host=x {PASSWORD}"})[1] == 2
    assert "refuses the account" in said({"dsn": dsn.replace("user=postgres", "user=nobody")})[0]
    assert said({"dsn": f"host=/nowhere password={PASSWORD}"}) == (
        "connection db: the database cannot be reached or broke off: check its address and try again", 1
    )  # fmt: skip
    table_lacks = "lacks columns of the catalog entry: name, change"
    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute('ALTER TABLE reg.things DROP "名称", DROP change')
    assert table_lacks in said()[0]


# --- interface


@pytest.fixture
def served(home, monkeypatch):
    """An interface with 95 rows and a connection file."""
    monkeypatch.setattr(answer, "FIRST_WAIT", 0.001)
    with sources.interface(things(1, 95)) as server:
        write_connection(home.parent / "keys", "web", server.connection)
        yield server


def test_pages_are_collected_through_failures(served, monkeypatch):
    of = entry("http", "web", origin=PATHS)
    served.faults = {1: [503, 429], 4: [502], 10: [500, 503, 503, 504]}
    assert collect(of, "test")
    assert landed(of) == [("full", as_text(served.rows))]
    assert served.pages.count(10) == 5 and max(served.pages) == 10
    demand_no_secret(paths.home())
    of, served.rows = entry("http", "web", origin=PATHS, resource="single"), things(7, 7, name=["x"])
    assert collect(of, "test")
    assert [r["name"] for r in landed(of)[0][1]] == ['["x"]']


def test_a_kill_in_the_middle_goes_on_from_the_next_page(served, monkeypatch):
    of, ask = entry("http", "web", origin=PATHS), http.answer.get

    def killed(link: Any, url: Any, where: str) -> Any:
        if url.params["page"] == "4":
            raise KeyboardInterrupt
        return ask(link, url, where)

    with monkeypatch.context() as patch:
        patch.setattr(http.answer, "get", killed)
        with pytest.raises(KeyboardInterrupt):
            collect(of, "test")
    spool = paths.collecting("minzheng", "things") / "rows.jsonl"
    with spool.open("ab") as torn:  # a page that was half written when the power went
        torn.write(b'{"thing_id": "T00031", "na')
    assert collect(of, "test")
    assert served.pages == list(range(1, 11))
    assert landed(of) == [("full", as_text(served.rows))]


def test_a_register_that_changed_since_the_kill_is_begun_again(served, monkeypatch):
    of = entry("http", "web", origin=PATHS)
    served.faults = {4: [404]}
    assert "answers 404" in str(refusal(of))
    served.rows = things(3, 90)
    assert collect(of, "test")
    assert landed(of) == [("full", as_text(things(3, 90)))]


def test_an_interface_gives_only_what_changed_since(served, monkeypatch):
    of = entry("http", "web", increments=True, origin={**PATHS, "since": "after"})
    at(monkeypatch, 1)
    collect(of, "test")
    at(monkeypatch, 2)
    assert collect(of, "test") is None
    served.rows = [*served.rows, *things(96, 130)]  # 100 is beyond 95 as a number, not as text
    collect(of, "test")
    assert landed(of) == [("full", as_text(things(1, 95))), ("increment", as_text(things(96, 130)))]


def test_what_is_no_page_of_rows_is_no_delivery(served, home, monkeypatch):
    of = entry("http", "web", origin=PATHS)
    monkeypatch.setattr(answer, "LARGEST", 100_000)
    for fault, words in (("error", "page 2: an answer is an error message"), ("away", "redirects to another host"),
                         ("large", "exceeds 0 MB")):  # fmt: skip
        served.faults = {2: [fault]}
        assert words in str(refusal(of))
    served.faults = {2: [503] * 9}
    assert "answers 503, 5 times" in str(refusal(of))
    write_connection(home.parent / "keys", "web", served.connection | {"token": f"{TOKEN}x"})
    assert "refuses the token (401)" in str(refusal(of))
    write_connection(home.parent / "keys", "web", served.connection | {"base_url": f"https://u:{TOKEN}@host"})
    assert refusal(of).code == 2
    (home.parent / "keys/connections/web.json").unlink()
    assert "has no file" in str(refusal(of))
    assert refusal(entry("http", "web", secrecy="涉密")).code == 1
    assert landed(entry("http", "web", resource="other")) == [] == inbox.waiting(of)


def test_a_register_that_repeats_pages_ends_early_or_does_not_end_is_refused(served):
    served.rows = things(1, 10) * 2
    assert "repeats the page before" in str(refusal(entry("http", "web", origin=PATHS)))
    served.rows = things(1, 25)
    for fault, words in (("ended", "says 25 rows and ends after 10"), ("more", "says 24 rows and gives more")):
        served.faults = {1: [fault]} if fault == "more" else {2: [fault]}
        assert words in str(refusal(entry("http", "web", origin=PATHS)))


def test_a_run_asks_a_source_once_a_cycle(served, monkeypatch):
    of = entry("http", "web", origin=PATHS)
    for day, asked in ((1, 10), (1, 10), (2, 20), (2, 20)):  # the second day brings the same rows: no new batch
        at(monkeypatch, day)
        attempt.attempt(of, "test")
        assert len(landed(of)) == 1 and len(served.pages) == asked
    at(monkeypatch, 3)
    served.faults = {1: [404]}
    attempt.attempt(of, "test")
    assert "answers 404" in attempt.failure(of)
    attempt.attempt(of, "test")
    assert attempt.failure(of) == ""


# --- command line and run


@pytest.mark.requirement("R017")
def test_the_command_and_a_run_collect_and_a_dead_source_stops_nobody_else(tmp_path):
    district, folder = District(tmp_path / "own"), tmp_path / "catalog"
    shutil.copytree(ROOT / "catalog", folder)
    for resource, connection in (("things", "web"), ("deaf", "dead")):
        more = {"resource": resource, "code": f"1010002/00009{len(resource)}"}
        text = yaml.safe_dump(document("http", connection, origin=PATHS, **more), allow_unicode=True)
        (folder / "minzheng" / f"{resource}.yml").write_text(text, "utf-8")
    with sources.interface(things(1, 95)) as server:
        district.root.mkdir()
        write_connection(district.root / "keys", "web", server.connection)
        write_connection(district.root / "keys", "dead", server.connection | {"token": ""})
        done = district.suyuan("collect", "minzheng.things", "--json", SUYUAN_CATALOG=str(folder))
        assert done.returncode == 0 and '"rows_landed": 95' in done.stdout, done.stderr
        for place in ("landing", "collect"):
            shutil.rmtree(district.home / place)
        done = district.suyuan("run", "--department", "minzheng", SUYUAN_CATALOG=str(folder))
    assert done.returncode == 1 and " 1 failed" in done.stdout, done.stdout + done.stderr
    assert "connection dead: the interface refuses the token (401)" in done.stdout
    assert "platform__current__stg_minzheng__things  done" in done.stdout, done.stdout
    demand_no_secret(district.home, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("resource", "code"), [("minzheng.nothing", 2), ("gongan.resident_population", 2), ("minzheng.things", 1)]
)
def test_the_command_refuses_in_one_line(served, tmp_path, monkeypatch, resource, code):
    from typer.testing import CliRunner

    from cli.main import app

    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    text = yaml.safe_dump(document("http", "web", origin=PATHS), allow_unicode=True)
    (tmp_path / "catalog/minzheng/things.yml").write_text(text, "utf-8")
    monkeypatch.setenv("SUYUAN_CATALOG", str(tmp_path / "catalog"))
    served.faults = {1: [503] * 5}
    done = CliRunner().invoke(app, ["collect", resource])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
