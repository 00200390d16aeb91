"""The picture of a data set's surroundings: extent, folds, states of lines, impact, moments, what is missing."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from lineage.events import emit
from lineage.graph import picture as pictures
from lineage.graph.picture import Wanted, picture
from lineage.graph.trace import UnknownNodeError
from scheme.protocols import Column, ColumnEdge, LineageNode

pytestmark = pytest.mark.django_db
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
MONDAY = dt.datetime(2026, 9, 21, 8, 0, tzinfo=SHANGHAI)
FILE, LANDED, STAGED = (
    "delivery.minzheng.homes",
    "landing.minzheng.landing__minzheng__homes",
    "platform.staging.stg_minzheng__homes",
)
BASE, SUBSET, PRODUCT = "platform.integrated.home", "authorized.s9.auth_s9__homes", "product.s9.report"


def make(target: str, *edges: ColumnEdge, at: dt.datetime = MONDAY, columns: tuple[str, ...] = (), run=None) -> None:
    """One completed step whose inputs are the sources of its edges."""
    sources = sorted({e.source for e in edges})
    named = columns or tuple(sorted({e.column for e in edges} - {"*"}))
    node = LineageNode(
        target, tuple(Column(c, "text", f"{c}的名称") for c in named), f"v{at:%d}", edges, title=f"{target}标题"
    )
    emit.step(
        f"make.{target}", run or uuid4(), inputs=[LineageNode(s) for s in sources], outputs=[node], started=at,
        ended=at, job_type="MODEL",
    )  # fmt: skip


def edge(
    column: str, source: str, source_column: str = "", masking: bool | None = False, kind: str = "DIRECT"
) -> ColumnEdge:
    return ColumnEdge(column, source, source_column or column, kind, "IDENTITY", masking=masking)  # type: ignore[arg-type]


@pytest.fixture
def chain(home) -> None:
    """Delivery → landing → staging → base → subset → product; the subset masks ``id``, the product counts."""
    run = uuid4()
    make(LANDED, edge("id", FILE, "编号"), edge("beds", FILE, "床位"), run=run)
    make(STAGED, edge("id", LANDED), edge("beds", LANDED), run=run)
    make(BASE, edge("id", STAGED), edge("beds", STAGED))
    make(
        SUBSET, edge("token", BASE, "id", masking=True), edge("beds", BASE), edge("*", BASE, "beds", None, "INDIRECT"),
        at=MONDAY + dt.timedelta(hours=1),
    )  # fmt: skip
    make(PRODUCT, edge("total", SUBSET, "beds", masking=None), at=MONDAY + dt.timedelta(days=1))


def ids(found: dict) -> set[str]:
    return {n["id"] for n in found["nodes"]}


def node(found: dict, name: str) -> dict:
    return next(n for n in found["nodes"] if n["id"] == name)


def line(found: dict, source: str, target: str) -> dict:
    return next(e for e in found["edges"] if (e["source"], e["target"]) == (source, target))


def test_it_starts_with_one_hop_each_way_and_says_how_many_more_there_are(chain):
    found = picture(Wanted(BASE))
    assert ids(found) == {STAGED, BASE, SUBSET} and found["start"] == BASE
    assert (node(found, STAGED)["more_up"], node(found, STAGED)["more_down"]) == (1, 0)
    assert (node(found, SUBSET)["more_up"], node(found, SUBSET)["more_down"]) == (0, 1)
    assert found["not_shown"] == 2 and found["is_complete"] and found["as_of_seq"] == 10
    assert [n["distance"] for n in (node(found, STAGED), node(found, BASE), node(found, SUBSET))] == [-1, 0, 1]
    assert node(found, STAGED)["x"] < node(found, BASE)["x"] < node(found, SUBSET)["x"]


def test_a_node_is_opened_on_one_side_only(chain):
    found = picture(Wanted(BASE, up=(STAGED,), down=(STAGED,)))
    assert ids(found) == {LANDED, STAGED, BASE, SUBSET}
    assert ids(picture(Wanted(BASE, hops_up=0, hops_down=0, up=(FILE,)))) == {BASE}  # what is not shown can't be opened


def test_the_state_of_a_line_is_masked_only_if_every_direct_edge_is(chain):
    found = picture(Wanted(BASE, hops_up=3, hops_down=2))
    assert line(found, BASE, SUBSET)["state"] == "plain"
    assert (
        line(found, BASE, SUBSET)["state_title"] == "部分脱敏 1/2" and line(found, BASE, SUBSET)["indirect_count"] == 1
    )
    assert (
        line(found, SUBSET, PRODUCT)["state_title"] == "脱敏情况不明"
        and line(found, STAGED, BASE)["state_title"] == "未脱敏"
    )
    make("platform.integrated.x", edge("id", STAGED, masking=True))
    make("platform.integrated.x", edge("id", STAGED, masking=True), edge("*", BASE, "beds", None, "INDIRECT"))
    found = picture(Wanted("platform.integrated.x"))
    assert line(found, STAGED, "platform.integrated.x")["state"] == "masked"
    assert line(found, BASE, "platform.integrated.x")["state"] == "indirect"


def test_columns_and_the_path_of_one_column(chain):
    found = picture(Wanted(SUBSET, hops_up=4, with_columns=True, column="token"))
    assert [c["name"] for c in node(found, SUBSET)["columns"]] == ["token"] and node(found, SUBSET)["columns_more"] == 1
    assert node(found, FILE)["concerned"] == ["编号"] and not node(found, PRODUCT)["is_concerned"]
    edges = {(e["from"], e["to"]): e["state"] for e in line(found, BASE, SUBSET)["columns"]}
    assert edges == {("id", "token"): "masked", ("beds", "beds"): "plain", ("beds", "*"): "indirect"}
    with pytest.raises(UnknownNodeError):
        picture(Wanted(SUBSET, column="no_such"))


@pytest.mark.requirement("R026")
def test_impact_lists_subsets_and_products_of_a_data_set_or_column(chain):
    found = picture(Wanted(STAGED, impact=True))
    assert ids(found) == {STAGED, BASE, SUBSET, PRODUCT}
    assert (found["impact"]["datasets"], found["impact"]["subsets"], found["impact"]["products"]) == (3, 1, 1)
    assert [n["id"] for n in found["impact"]["list"]] == [SUBSET, PRODUCT]
    assert picture(Wanted(SUBSET, impact=True, column="token"))["impact"]["list"] == []
    by_rows = picture(Wanted(STAGED, impact=True, column="beds"))["impact"]["list"]  # beds also selects the rows
    assert {n["id"]: n["columns"] for n in by_rows} == {SUBSET: ["*", "beds"], PRODUCT: ["*", "total"]}


def test_folds_leave_the_start_and_what_was_opened(chain):
    found = picture(Wanted(BASE, hops_up=3, hops_down=2, fold="provider"))
    group = next(n for n in found["nodes"] if n["kind"] == "fold" and n["count"] == 3)
    assert group["title"] == "区民政局" and BASE in ids(found) and found["datasets"] == 6
    assert line(found, group["id"], BASE)["lines"] == 1 and FILE not in ids(found)
    opened = picture(Wanted(BASE, hops_up=3, hops_down=2, fold="provider", opened=(group["id"],)))
    assert {FILE, LANDED, STAGED} <= ids(opened)
    run = picture(Wanted(BASE, hops_up=3, fold="run"))
    assert sorted(n["count"] for n in run["nodes"]) == [1, 1, 1, 2]  # landing and staging were made in one run
    assert {n["title"] for n in picture(Wanted(BASE, hops_up=3, fold="zone"))["nodes"]} >= {
        "landing.minzheng.landing__minzheng__homes标题"
    }


def test_too_many_are_folded_by_the_server_unless_the_reader_wants_them_all(chain, monkeypatch):
    monkeypatch.setattr(pictures, "FOLD_ABOVE", 3)
    folded = picture(Wanted(BASE, hops_up=3, hops_down=2))
    assert folded["fold"] == "zone"  # by layer each would stand alone
    assert "已自动折叠" in folded["folded_because"] and folded["datasets"] == 6
    assert len(picture(Wanted(BASE, hops_up=3, hops_down=2, fold="none"))["nodes"]) == 6
    monkeypatch.setattr(pictures, "DRAWN", 3)
    assert "超过 3 个" in picture(Wanted(BASE, hops_up=3, hops_down=2, fold="none"))["folded_because"]


def test_as_of_an_earlier_moment_there_is_less_and_the_moments_are_listed(chain):
    before = MONDAY + dt.timedelta(hours=2)
    found = picture(Wanted(BASE, hops_down=3, at=before))
    assert PRODUCT not in ids(found) and SUBSET in ids(found) and found["as_of"] == before.isoformat()
    now = picture(Wanted(BASE, hops_up=3, hops_down=3))
    assert [(m["at"][:16], m["datasets"]) for m in now["moments"]] == [
        ("2026-09-21T08:00", 3), ("2026-09-21T09:00", 1), ("2026-09-22T08:00", 1),
    ]  # fmt: skip
    with pytest.raises(UnknownNodeError):
        picture(Wanted(PRODUCT, at=before))


def test_what_has_no_recorded_source_makes_the_answer_incomplete(home):
    make(SUBSET, edge("id", BASE))
    found = picture(Wanted(SUBSET))
    assert not found["is_complete"] and found["incomplete_because"] == [f"“{BASE}”没有登记来源"]


def test_hidden_data_sets_are_cut_counted_and_never_named(chain):
    from lineage.access import Viewer
    from lineage.sight import Scope, Sight

    class Some(Viewer):
        def scope(self, view):
            mask = super().scope(view).sees
            mask[[view.find(n) for n in (BASE, SUBSET)]] = True
            return Scope(mask, mask)

    who = Some(None, Sight("grants"))
    found = picture(Wanted(BASE, hops_up=3, hops_down=3, with_columns=True), who)
    assert ids(found) == {BASE, SUBSET} and found["not_shown"] == 0 and not found["is_complete"]
    assert found["incomplete_because"] == ["另有 2 个数据集不在您的查看范围内"]
    assert STAGED not in str(found) and PRODUCT not in str(found)
    with pytest.raises(UnknownNodeError):
        picture(Wanted(STAGED), who)


def test_a_ring_of_data_sets_is_drawn(home):
    make("platform.integrated.a", edge("c", "platform.integrated.b"))
    make("platform.integrated.b", edge("c", "platform.integrated.a"))
    found = picture(Wanted("platform.integrated.a", hops_up=5, hops_down=5))
    assert len(found["nodes"]) == 2 and len(found["edges"]) == 2
