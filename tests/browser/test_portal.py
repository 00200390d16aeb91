"""The portal in Debian's chromium: log in, read a department's quality, see the lineage graph, release a product."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

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
    page.wait_for_function("document.getElementById('count').textContent.includes('图中')")
    assert page.evaluate("document.querySelectorAll('#graph canvas').length") > 0
    assert "来源链完整" in page.inner_text("main") and "人口基本信息（交付文件）" in page.inner_text("main")
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
