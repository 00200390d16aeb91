"""来源链 and 去向链 as lists: each says of itself whether it is all, and never 无 where something is left out."""

from __future__ import annotations

import re

import pytest

from registry.models import AuditEvent
from scheme.protocols import Column, ColumnEdge, LineageNode
from tests.unit.lineage.planted import HOMES, MONDAY, names, node, plant, step
from tests.unit.portal.accounts import as_user

pytestmark = pytest.mark.django_db
OF = names(HOMES)
UP, DOWN = "来源链", "去向链"


@pytest.fixture(autouse=True)
def planted(prepared) -> None:
    plant()


def chains(name: str, who: str = "auditor", query: str = "") -> dict[str, str]:
    """Title → the piece of the page."""
    answer = as_user(who).get(f"/lineage/{name}/chains/{query}")
    assert answer.status_code == 200
    parts = re.findall(r"<section><h2>(.*?)</h2>(.*?)</section>", answer.content.decode(), re.S)
    assert [title for title, _ in parts] == [UP, DOWN]
    return dict(parts)


def made_of(source: str, target: str) -> None:
    step(f"make.{target}", node(source, "x", "1" * 64), node(target, "x", "2" * 64, source, "x"), MONDAY)


def test_each_chain_says_whether_it_is_complete():
    found = chains(OF["product"])
    assert f"{UP}完整。" in found[UP] and OF["delivery"] in found[UP]
    assert f"{DOWN}完整。" in found[DOWN] and "<p>无。</p>" in found[DOWN]
    made_of("platform.integrated.orphan", "platform.integrated.other")
    found = chains("platform.integrated.other")
    assert f"{UP}不完整：platform.integrated.orphan 没有登记来源。" in found[UP] and f"{DOWN}完整。" in found[DOWN]


@pytest.mark.parametrize("query", ["", "?column=x"])
def test_a_long_chain_lists_what_fits_and_says_that_there_is_more(query):
    for n in range(203):
        made_of("platform.integrated.hub", f"platform.integrated.d{n:03}")
    found = chains("platform.integrated.hub", query=query)
    assert len(re.findall("<li><a href", found[DOWN])) == 199
    assert f"{DOWN}不完整：结果过多，只列出前 200 个节点" in found[DOWN] and "无。" not in found[DOWN]
    assert "success" not in found[DOWN]
    told = AuditEvent.objects.latest("seq").detail
    assert (told["question"], told["is_complete"]) == ("chains", False)


def test_a_data_set_concerned_as_a_whole_is_called_so_in_words():
    target = LineageNode(
        "platform.integrated.chosen", (Column("y", "text"),), "2" * 64,
        (ColumnEdge("*", OF["product"], "beds", "INDIRECT", "FILTER"),),
    )  # fmt: skip
    step("choose", node(OF["product"], "beds", "1" * 64), target, MONDAY)
    found = chains(OF["product"], query="?column=beds")[DOWN]
    assert "platform.integrated.chosen" in found and "整个数据集" in found and "*" not in found


def test_what_is_hidden_is_counted_and_never_called_nothing():
    made_of(OF["product"], "platform.integrated.elsewhere")
    found = chains(OF["product"], "primary_reviewer")
    assert f"{DOWN}不完整：另有 1 个数据集不在您的查看范围内。" in found[DOWN]
    assert "无。" not in found[DOWN] and "elsewhere" not in found[DOWN] and f"{UP}完整。" in found[UP]
