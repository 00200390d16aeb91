"""The portal in Debian's chromium: quality, lineage graph, a product's two keys, a department's workbench."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest
from openpyxl import load_workbook

from tests.district import ROOT

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def portal(own_district):
    """Serve the portal of a district of its own."""
    if CHROMIUM is None:
        pytest.skip("browser tests need Debian's chromium")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "--port", str(port), "--log-level", "error", "portal.asgi:application"],
        cwd=ROOT, env=own_district.environment,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield address, (own_district.root / "keys" / "demo_password").read_text().strip()
    process.terminate()
    process.wait(10)


@pytest.fixture
def page():
    if CHROMIUM is None:
        pytest.skip("browser tests need Debian's chromium")
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def log_in(page, address: str, name: str, password: str) -> None:
    page.goto(f"{address}/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")
    page.wait_for_url(f"{address}/")


def test_the_walk_of_an_auditor_and_two_reviewers(portal, page):
    address, password = portal
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if not request.url.startswith(address) else None)

    log_in(page, address, "auditor", password)
    page.click("nav >> text=数据质量")
    page.click("text=区民政局")
    assert "享受低保人员已死亡" in page.inner_text("main")
    page.goto(f"{address}/lineage/product.s2.elderly_care_report/?column=alone")
    page.wait_for_selector("#count:has-text('图中')")
    assert page.evaluate("document.querySelectorAll('#graph canvas').length") > 0
    page.wait_for_selector("#chains >> text=来源链完整")
    assert "人口基本信息（交付文件）" in page.inner_text("main")
    page.click("text=退出登录")

    for name, act in (("security", "安全审核通过"), ("bureau_approver", "发布审核通过")):
        log_in(page, address, name, password)
        page.goto(f"{address}/products/")
        page.click(f"tr:has-text('养老服务设施布局季度报告') >> text={act}")
        assert f"已办理：{act}" in page.inner_text("main")
        page.click("text=退出登录")
    log_in(page, address, "developer_s2", password)
    page.goto(f"{address}/products/")
    page.click("text=查看")
    page.wait_for_load_state()
    assert "养老服务设施布局季度报告" in page.inner_text("h1") and "表1" in page.inner_text("body")
    assert errors == [] and [u for u in outside if not u.startswith(("data:", "blob:"))] == []


def log_out(page) -> None:
    page.click("text=退出登录")
    page.wait_for_load_state()


@pytest.mark.requirement("R023")
def test_the_workbench_of_clerk_head_and_bureau(portal, page, own_district):
    """A clerk uploads a delivery and changes an entry; the head signs both; the bureau publishes; rows land."""
    address, password = portal
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    source = next((own_district.home / "demo/20260924/minzheng/subsistence_allowance").glob("*.csv"))
    again = own_district.root / "低保十月.csv"
    again.write_bytes(source.read_bytes().replace("合计".encode("gb18030"), "总计".encode("gb18030")))

    log_in(page, address, "minzheng_clerk", password)
    page.click("nav >> text=数据汇聚")
    page.click("text=最低生活保障对象")
    page.check("input[value=非涉密]")
    page.click("text=下一步")
    page.set_input_files("#file", str(again))
    page.fill("#rows", str(len(again.read_bytes().splitlines()) - 1))
    page.click("text=提交，等待签发")
    assert "等待部门负责人签发" in page.inner_text("main")
    hand_in_corrections(page, address, own_district)
    page.goto(f"{address}/catalog/minzheng/subsistence_allowance/edit/")
    page.select_option("#update_cycle", "quarterly")
    page.click("button:text-is('保存草稿')")
    assert "每季度" in page.inner_text("main")
    log_out(page)

    log_in(page, address, "minzheng_head", password)
    page.goto(f"{address}/deliveries/")
    for _ in range(2):
        page.click("button:has-text('签发') >> nth=0")
    assert page.inner_text("main").count("等待平台接收") == 2
    page.goto(f"{address}/catalog-versions/")
    page.click("main >> text=最低生活保障对象")
    page.click("button:has-text('提交')")
    log_out(page)

    log_in(page, address, "bureau_approver", password)
    page.goto(f"{address}/catalog-versions/")
    page.click("main >> text=最低生活保障对象")
    page.click("button:has-text('审核通过')")
    assert "已发布" in page.inner_text("main")
    log_out(page)

    assert own_district.suyuan("run", "--department", "minzheng").returncode == 0
    assert own_district.json("catalog", "show", "minzheng.subsistence_allowance")["update_cycle"] == "quarterly"
    rules = {c["rule"]: c for c in own_district.json("quality", "check", "minzheng.elderly_care_institutions")}
    assert rules["Q07"]["problem_rows"] == 0  # it was corrected in the workbook
    log_in(page, address, "minzheng_clerk", password)
    page.goto(f"{address}/deliveries/")
    page.click("text=合计、页码、制表人等页脚行 4 条")
    page.fill("tr:has-text('页脚行') input[name=note]", "确为页脚")
    page.click("button:has-text('全部不予放行')")
    assert "不予放行 4 条，待处理 0 条" in page.inner_text("main")
    page.goto(f"{address}/conflicts/")
    assert "村居代码" in page.inner_text("main")
    page.goto(f"{address}/destinations/minzheng/")
    assert "养老服务设施布局" in page.inner_text("main") and errors == []


def hand_in_corrections(page, address: str, district) -> None:
    """The clerk downloads the failing rows of the care homes, corrects them in the workbook and uploads it."""
    page.goto(f"{address}/quality/minzheng/")
    with page.expect_download() as download:
        page.click("a[href$='/elderly_care_institutions/corrections/']")
    download.value.save_as(district.root / "整改.xlsx")
    book = load_workbook(district.root / "整改.xlsx")
    sheet = book["整改记录"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    wrong = [row for row in range(2, sheet.max_row + 1) if "在住人数" in sheet.cell(row, columns["问题"]).value]
    for row in wrong:
        sheet.cell(row, columns["在住人数"], "1")
    filled = district.root / "养老机构整改.xlsx"
    book.save(filled)
    assert wrong
    page.goto(f"{address}/deliveries/minzheng/elderly_care_institutions/new/?secrecy=非涉密")
    page.set_input_files("#file", str(filled))
    page.fill("#rows", str(sheet.max_row - 1))
    page.click("text=提交，等待签发")
    assert page.inner_text("main").count("待签发") >= 2


@pytest.mark.requirement("R016")
def test_a_new_entry_and_a_utility_consent_in_the_browser(portal, page):
    """A clerk starts an entry, the head submits, the bureau publishes it; the utility's page shows its consent."""
    address, password = portal
    log_in(page, address, "minzheng_clerk", password)
    page.goto(f"{address}/catalog-versions/new/")
    for field, value in {
        "resource": "funeral_services",
        "name": "殡葬服务机构",
        "abstract": "本区殡葬服务机构信息。",
    }.items():
        page.fill(f"#{field}", value)
    page.fill("[name=item-1-code]", "institution_code")
    page.fill("[name=item-1-name]", "机构代码")
    page.check("[name=item-1-key]")
    page.fill("[name=item-1-grade]", "1")
    page.click("button:text-is('保存草稿')")
    assert "1010002/000003" in page.inner_text("main")
    log_out(page)
    for name, button in (("minzheng_head", "提交"), ("bureau_approver", "审核通过")):
        log_in(page, address, name, password)
        page.goto(f"{address}/catalog-versions/")
        page.click("main >> text=殡葬服务机构")
        page.click(f"button:has-text('{button}')")
        log_out(page)
    log_in(page, address, "gongdian_clerk", password)
    page.goto(f"{address}/catalog/minzheng/funeral_services/")
    assert "1010002/000003" in page.inner_text("main") and "2026年9月24日" in page.inner_text("main")
    page.click("nav >> text=授权意见")
    assert "已同意" in page.inner_text("main")
