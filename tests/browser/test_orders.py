"""An objection of the public and the order that follows from it, in chromium without JavaScript."""

from __future__ import annotations

import re

import pytest

from tests.browser.test_portal import log_in, log_out, page, portal

__all__ = ["page", "portal"]
pytestmark = pytest.mark.browser


@pytest.mark.requirement("R025")
def test_an_objection_becomes_an_order_that_a_department_receives(portal, page):
    address, password = portal
    plain = page.context.browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{address}/login/")
    plain.click("text=提交数据异议")
    plain.focus("#name")
    for typed in ("王某某", "0537-1234567", None, "床位数有误"):
        if typed:
            plain.keyboard.type(typed)
        plain.keyboard.press("Tab")
    plain.keyboard.press("Enter")
    plain.wait_for_url("**/receipt/")
    number = re.search(r"YY-\d+-\d+", plain.inner_text("main")).group(0)
    code = plain.inner_text(".query-code")

    log_in(plain, address, "bureau_handler", password)
    plain.click("nav >> text=数据异议")
    plain.click(f"text={number}")
    assert "王某某" not in plain.inner_text("main")
    plain.select_option("#resource", "minzheng.elderly_care_institutions")
    plain.click("text=下一步")
    plain.fill("#meaning", "核定床位疑与实际不符")
    plain.click("text=受理并提出整改单")
    order = re.search(r"ZG-\d+-\d+", plain.inner_text("main")).group(0)
    plain.goto(f"{address}/orders/?state=待发出&origin=objection&ticked=1")
    plain.click("text=拟发勾选的整改单")
    assert "已拟发 1 份整改通知单" in plain.inner_text("main")
    log_out(plain)
    log_in(plain, address, "bureau_approver", password)
    plain.goto(f"{address}/orders/{order}/")
    plain.click("button:text-is('签发')")
    log_out(plain)
    log_in(plain, address, "minzheng_clerk", password)
    plain.goto(f"{address}/orders/{order}/")
    assert "养老服务设施布局季度报告" in plain.inner_text("main")
    plain.click("button:text-is('签收')")
    plain.click("text=填写整改情况反馈单")
    plain.select_option("#反馈-cause", "标准理解")
    plain.fill("#反馈-analysis", "口径理解有误")
    plain.fill("#反馈-measures", "按批复更正")
    plain.click("details[open] button")
    assert "等待部门负责人签发" in plain.inner_text("main")
    log_out(plain)
    plain.goto(f"{address}/objection/query/")
    plain.fill("#number", number)
    plain.fill("#code", code)
    plain.press("#code", "Enter")
    plain.wait_for_selector("text=办理中")
