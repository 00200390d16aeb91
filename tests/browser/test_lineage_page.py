"""The graph page in chromium: what an auditor does with mouse or keyboard, and that the table says the same."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from tests.browser.test_portal import log_in, page, portal

__all__ = ["page", "portal"]
pytestmark = pytest.mark.browser
BASE, SUBSET, PRODUCT = "platform.integrated.person", "authorized.s2.auth_s2__elders", "product.s2.elderly_care_report"


@pytest.fixture
def graph(portal, page):
    """An auditor's page; whatever the browser complains about, or fetches from elsewhere, fails the test."""
    address, password = portal
    wrong: list[str] = []
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith((address, "blob:", "data:")) else None)
    log_in(page, address, "auditor", password)
    yield lambda path: open_page(page, f"{address}/lineage/{path}")
    assert wrong == []


def open_page(page, address: str):
    page.goto(address)
    drawn(page)
    return page


def drawn(page) -> None:
    page.wait_for_selector("#graph:not([aria-busy])[data-settled]", state="attached")
    page.wait_for_selector("#count:has-text('图中')")


def boxes(page) -> set[str]:
    return set(page.evaluate("lineage.page.graph.nodes('.box').map((n) => n.id())"))


def lines(page) -> list[list[str]]:
    return page.evaluate("lineage.page.graph.edges().map((e) => [e.source().id(), e.target().id()])")


def labels(page) -> set[str]:
    return set(page.evaluate("lineage.page.graph.edges().map((e) => e.data('first') || e.data('last'))"))


def table(page, caption: str) -> list[dict[str, str]]:
    return page.evaluate(
        """(caption) => {
          const tables = [...document.querySelectorAll('#table table')];
          const t = tables.find((t) => t.caption.textContent.startsWith(caption));
          const names = [...t.tHead.rows[0].cells].map((c) => c.textContent);
          const told = (r) => Object.fromEntries([...r.cells].map((c, i) => [names[i], c.textContent]));
          return [...t.tBodies[0].rows].map(told);
        }""",
        caption,
    )


def click_box(page, name: str) -> None:
    at = page.evaluate(
        "(id) => { const g = lineage.page.graph, n = g.getElementById(id); g.center(n); return n.renderedPosition(); }",
        name,
    )
    page.locator("#graph").click(position=at)


def test_expanding_folding_and_the_way_back(graph):
    page = graph(f"{SUBSET}/")
    start = boxes(page)
    assert {BASE, SUBSET, PRODUCT} <= start and page.get_attribute("#graph", "data-drawn") in ("elk", "preset")
    click_box(page, f"{BASE}|+up")
    page.wait_for_url(f"**up={BASE}*")
    drawn(page)
    assert len(boxes(page)) > len(start)
    page.click("#more-up")
    page.click("#more-up")
    page.wait_for_url("**hops_up=3*")
    drawn(page)
    page.select_option("#fold", "provider")
    page.wait_for_url("**fold=provider*")
    drawn(page)
    folded = page.evaluate("lineage.page.graph.nodes('.fold').map((n) => [n.id(), n.data('label')])")
    assert folded and all("已折叠" in label for _, label in folded)
    state = page.url
    page.go_back()
    page.wait_for_url("**hops_up=3*")
    drawn(page)
    assert page.evaluate("lineage.page.graph.nodes('.fold').length") == 0 and page.input_value("#fold") == ""
    page.goto(state)
    drawn(page)
    assert page.evaluate("lineage.page.graph.nodes('.fold').map((n) => [n.id(), n.data('label')])") == folded
    click_box(page, folded[0][0])
    page.wait_for_url("**open=fold*")
    drawn(page)
    assert folded[0][0] not in boxes(page)


@pytest.mark.requirement("R026")
def test_columns_masking_and_impact_are_told_in_words(graph):
    page = graph(f"{SUBSET}/?columns=1")
    assert {"已脱敏", "未脱敏", "间接"} <= labels(page)
    assert page.evaluate("lineage.page.graph.edges('.indirect')[0].style('line-style')") == "dashed"
    rows = page.evaluate("lineage.page.graph.nodes('.row').map((n) => n.data('column'))")
    assert "birth_date" in rows and "age_band" in rows
    page.select_option("#column", "age_band")
    page.wait_for_url("**column=age_band*")
    drawn(page)
    assert (
        page.evaluate("lineage.page.graph.nodes('.row.concerned').map((n) => n.id())").count(f"{BASE}|birth_date") == 1
    )
    page = graph(f"{BASE}/")
    page.click("#impact-mode")
    page.wait_for_selector("#impact:not([hidden])")
    assert "数据产品 1 个" in page.inner_text("#impact") and "养老服务设施布局季度报告" in page.inner_text(
        "#impact-list"
    )
    assert PRODUCT in page.evaluate("lineage.page.graph.nodes('.hit').map((n) => n.id())")


def test_the_table_says_what_the_picture_shows(graph):
    page = graph(f"{SUBSET}/?hops_up=3")
    named = {n["id"]: n for n in page.evaluate("lineage.page.picture.nodes")}
    assert set(named) == boxes(page)
    pairs = sorted([named[s]["title"] or s, named[t]["title"] or t] for s, t in lines(page))
    page.click("#as-table")
    page.wait_for_selector("#table table")
    assert {row["代码"] for row in table(page, "数据集")} == {n["name"] for n in named.values()}
    assert sorted([row["来源"], row["去向"]] for row in table(page, "关系")) == pairs
    assert all(row["脱敏情况"] for row in table(page, "关系"))
    page.click("#table table >> nth=0 >> th button:text-is('代码')")
    codes = [row["代码"] for row in table(page, "数据集")]
    assert codes == sorted(codes) and page.get_attribute("#table th[aria-sort]", "aria-sort") == "ascending"
    page.click(f"#table tr:has-text('{BASE}') >> button:text-is('详情')")
    page.wait_for_selector("#drawer h2")
    title = page.inner_text("#drawer h2")
    page.reload()
    page.wait_for_selector("#table table")
    page.wait_for_selector("#drawer:not([hidden]) h2")
    assert page.inner_text("#drawer h2") == title


def test_everything_by_keyboard(graph):
    page = graph(f"{SUBSET}/")
    page.focus("#graph")
    page.keyboard.press("ArrowLeft")
    spoken = page.inner_text("#spoken")
    assert spoken and SUBSET not in spoken
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer:not([hidden]) h2")
    assert page.evaluate("document.activeElement.tagName") == "H2" and "detail=" in page.url
    page.focus("#drawer [role=tab][aria-selected=true]")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.inner_text("#drawer [role=tab][aria-selected=true]") == "责任" and page.url.endswith("tab=duty")
    page.keyboard.press("Escape")
    assert (
        page.is_hidden("#drawer")
        and page.evaluate("document.activeElement.id") == "graph"
        and "detail=" not in page.url
    )
    page.keyboard.press("ArrowLeft")
    before = boxes(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "展开来源":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**up=*")
    drawn(page)
    assert len(boxes(page)) > len(before)


def test_time_exports_and_link(graph, tmp_path):
    page = graph(f"{PRODUCT}/?hops_up=4")
    page.click("#earlier")
    page.wait_for_url("**at=2026*")
    page.wait_for_selector("#count:has-text('图中'), #count:has-text('未能载入')")
    page.click("#now")
    drawn(page)
    with page.expect_download() as saved:
        page.click("#svg")
    saved.value.save_as(tmp_path / "graph.svg")
    drawing = ElementTree.parse(tmp_path / "graph.svg").getroot()
    words = "".join(drawing.itertext())
    for name in page.evaluate("lineage.page.picture.nodes.map((n) => (n.title || n.name).slice(0, 6))"):
        assert name in words
    assert "养老服务设施布局季度报告" in words and "截至2026年9月24日" in words and "所示范围" in words
    with page.expect_download() as saved:
        page.click("#png")
    saved.value.save_as(tmp_path / "graph.png")
    assert (tmp_path / "graph.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and (
        tmp_path / "graph.png"
    ).stat().st_size > 20_000
    page.click("#copy")
    page.wait_for_selector("#copied:not(:empty)")
    assert page.input_value("#link") == page.url


def test_search_leads_to_the_page_by_enter(graph):
    page = graph(f"{SUBSET}/")
    page.fill("#q", "人口基本信息")
    page.press("#q", "Enter")
    page.wait_for_selector(".hits li")
    page.focus(".hits a >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#graph")
    drawn(page)
    assert "人口基本信息" in page.inner_text("h1")


def test_nothing_overlaps_at_three_sizes(graph):
    for width, height in ((1280, 800), (1920, 1080), (390, 844)):
        page = graph(f"{PRODUCT}/?hops_up=6")
        page.set_viewport_size({"width": width, "height": height})
        page.reload()
        drawn(page)
        found = page.evaluate("lineage.page.shape.boxes.map((b) => [b.x, b.y, b.width, b.height])")
        for i, (x, y, w, h) in enumerate(found):
            for other in found[i + 1 :]:
                assert abs(x - other[0]) >= (w + other[2]) / 2 or abs(y - other[1]) >= (h + other[3]) / 2
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.evaluate("lineage.page.graph.zoom()") >= 0.74
