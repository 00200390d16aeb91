"""The demo district's quality rules have the dimension, severity and wording that the bureau set for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.rules import Rule, rules_of
from scheme.catalog_files import load_catalog

CATALOG = load_catalog(Path(__file__).resolve().parents[3] / "catalog")
COMPLETE, CONSISTENT, ACCURATE, TIMELY = "completeness", "consistency", "accuracy", "timeliness"
TABLE = """
Q01 gongan.resident_population accuracy critical 公民身份号码校验位不正确
Q02 gongan.resident_population accuracy critical 同一公民身份号码对应两人
Q03 gongan.resident_population consistency warning 出生日期与公民身份号码不一致
Q04 gongan.resident_population consistency critical 已有死亡登记，户籍状态仍为“在册”
Q05 gongan.resident_population accuracy warning 村居代码不在现行区划代码内
Q06 gongan.resident_population completeness warning 户籍地址为空或少于6个字
Q07 minzheng.elderly_care_institutions consistency critical 在住人数大于核定床位
Q08 minzheng.subsistence_allowance consistency warning 停发日期早于批准日期
Q09 minzheng.subsistence_allowance consistency critical 享受低保人员已死亡
Q10 renshe.employer_insurance completeness critical 上月缴费数据未按村镇全部汇聚
Q11 renshe.employer_insurance consistency info 参保人数较上月变动超过50%
Q12 renshe.employee_insurance consistency warning 姓名与公安人口信息不一致（以公安为准）
Q13 shichang.enterprise_registration accuracy critical 统一社会信用代码校验不通过
Q14 shichang.enterprise_registration accuracy warning 行业代码不在GB/T 4754内
Q15 shichang.enterprise_registration accuracy warning 注册资本与上一批次相差恰为一万倍（疑似单位错误）
Q16 shichang.abnormal_operation consistency warning 列入对象在登记信息中查无此主体
Q17 shenpi.administrative_licences timeliness warning 许可决定超过7个工作日未公示
Q18 shuiwu.tax_credit_rating accuracy critical 信用级别不在A/B/M/C/D内
Q19 fayuan.dishonest_debtors completeness info 源头已遮蔽，无法比对
Q20 ziran.real_estate_registration accuracy critical 不动产单元号不是28位
Q21 ziran.real_estate_registration consistency warning 共有份额合计不等于100%
Q22 shengtai.discharge_permits accuracy warning 坐标不在兖州区范围（疑似经纬度颠倒）
Q23 nongye.farm_subsidies consistency critical 分村合计与申报总额不符
Q24 gongdian.electricity_monthly accuracy warning 用电量为负且无冲正标志
"""


def rule(resource: str, name: str) -> Rule:
    return next(r for r in rules_of(CATALOG.entry(resource)) if r.rule == name)


@pytest.mark.parametrize("line", TABLE.split("\n")[1:-1])
def test_a_rule_of_the_table_is_as_the_table_says(line):
    name, resource, dimension, severity, meaning = line.split(" ", 4)
    found = rule(resource, name)
    assert (found.dimension, found.severity, found.meaning) == (dimension, severity, meaning)
