"""The verification call: one enterprise, one item, only with its authorization; traced and throttled."""

from __future__ import annotations

import json

import polars as pl
import pytest

CALLS = """
import json, sys
from fastapi.testclient import TestClient
from dataplane import clients, verification
from dataplane.app import app
verification.ALERT_AFTER = int({alert})
http = TestClient(app)
key = clients.provision("developer_s1")
for body, head in json.loads({calls!r}):
    headers = {{"Authorization": head.format(key=key)}}
    answer = http.post("/v1/s1/enterprise_status_verification", json=body, headers=headers)
    print(json.dumps([answer.status_code, answer.json()], ensure_ascii=False))
"""


def call(district, calls: list[tuple[dict, str]], alert: int = 200) -> list[tuple[int, dict]]:
    done = district.python(CALLS.format(calls=json.dumps(calls), alert=alert))
    assert done.returncode == 0, done.stderr[-2000:]
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


ACT = """
from config import django_setup; django_setup()
from registry.actions import act_on_release
from registry.models import Account, Release
release = Release.objects.get(product="enterprise_status_verification")
for name, action in {acts!r}:
    act_on_release(release.pk, action, by=Account.objects.get(username=name), reason="核对")
"""


def act(district, *acts: tuple[str, str]) -> None:
    done = district.python(ACT.format(acts=acts))
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture
def released(own_district):
    act(own_district, ("security", "安全审核通过"), ("bureau_approver", "发布审核通过"))
    return own_district


def firms(district) -> pl.DataFrame:
    file = next((district.home / "demo/20260924/shichang/enterprise_registration").glob("*.csv"))
    return pl.read_csv(file, infer_schema=False)


def question(uscc: str, value: str = "存续", **changes) -> dict:
    return {
        "uscc": uscc,
        "item": "status_code",
        "value": value,
        "purpose": "贷前核验",
        "authorization_no": "授权1号",
    } | changes


GOOD = "Bearer {key}"


@pytest.mark.requirement("R074")
def test_answers_follow_the_register(released):
    register = firms(released)
    corporate = register.filter((pl.col("主体类型") == "企业法人") & (pl.col("登记状态") == "存续"))
    business = register.filter(pl.col("主体类型") == "个体工商户")
    uscc = corporate["统一社会信用代码"][3]
    answers = call(
        released,
        [
            (question(uscc), GOOD),
            (question(uscc, "注销"), GOOD),
            (question(business["统一社会信用代码"][0]), GOOD),  # individual businesses are not in the grant
            (question(uscc, authorization_no=""), GOOD),
            (question(uscc, item="legal_representative"), GOOD),
            (question(uscc), "Bearer wrong"),
            (question(uscc), ""),
            (question("9137089800000000OI"), GOOD),
        ],
    )
    assert [a[1].get("result") for a in answers[:3]] == ["一致", "不一致", "无记录"]
    assert [a[0] for a in answers] == [200, 200, 200, 422, 422, 401, 401, 422]
    assert "授权书编号" in answers[3][1]["detail"] and "第二十二条" in answers[3][1]["detail"]
    calls = "".join(p.read_text() for p in (released.home / "service" / "calls").iterdir())
    assert uscc not in calls and calls.count("\n") == 3


def test_walking_through_enterprises_is_stopped(released):
    register = firms(released)["统一社会信用代码"].to_list()
    answers = call(released, [(question(u), GOOD) for u in register[:5]], alert=3)
    assert [a[0] for a in answers] == [200, 200, 200, 422, 422]
    assert "已告警" in answers[-1][1]["detail"]


def test_a_forged_or_missing_bundle_opens_nothing(released):
    bundle = released.home / "service" / "grants" / "S1" / "bundle.json"
    uscc = firms(released)["统一社会信用代码"][0]
    document = json.loads(bundle.read_text())
    document["document"]["grant"]["valid_to"] = "2099-01-01"
    bundle.write_text(json.dumps(document))
    assert call(released, [(question(uscc), GOOD)])[0][0] == 403
    bundle.unlink()
    status, body = call(released, [(question(uscc), GOOD)])[0]
    assert status == 403 and "尚未发布或已收回" in body["detail"]


@pytest.mark.requirement("R099")
def test_a_call_is_closed_until_both_keys_turned_and_closes_again(own_district):
    uscc = firms(own_district)["统一社会信用代码"][0]
    permit = own_district.home / "service" / "permits" / "enterprise_status_verification.json"

    def answer() -> int:
        return call(own_district, [(question(uscc), GOOD)])[0][0]

    assert answer() == 403
    act(own_district, ("security", "安全审核通过"))
    assert answer() == 403 and not permit.exists()
    act(own_district, ("bureau_approver", "发布审核通过"))
    assert answer() == 200
    genuine = permit.read_text()
    permit.write_text(genuine.replace('"bureau_by":"bureau_approver"', '"bureau_by":"somebody"'))
    assert answer() == 403
    permit.write_text(genuine)
    act(own_district, ("bureau_approver", "下架"))
    assert answer() == 403 and not permit.exists()
