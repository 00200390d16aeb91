"""Every act, question and detail that the code records has its Chinese word and its kind: the code itself is read."""

from __future__ import annotations

import ast
import re

import pytest

from cli.lineage_asker import told
from expectations.orders import states as order_states
from lineage.answers.kinds import KINDS, known_kind
from portal.act_words import QUESTIONS, WORDS, in_words
from registry import states
from tests.unit.portal.recorded_acts import ROOT, recorded

OF_TABLES = {  # acts whose name is the action of a state table, by the object they are done on
    "grant:{}": {action for _, action in states.GRANT}, "release:{}": {action for _, action in states.RELEASE},
    "order:{}": {action for actions in order_states.ANSWERS.values() for action in actions},
}  # fmt: skip
FORMS = {
    "{}汇聚批次", "隔离记录{}", "{}整改通知单", "{}数据异议", "拟写{}", "{}工作记录", "目录{}", "生成{}", "下载{}",
    "授权意见：{}", "{}{}",
}  # fmt: skip
LETTERS = ("整改情况反馈单", "延期整改申请单", "异议说明")


def of_readings() -> set[str]:
    """The parameters of Marquez's calls that are recorded with a reading."""
    files = sorted((ROOT / "portal" / "api" / "marquez").glob("*.py"))
    calls = [n for f in files for n in ast.walk(ast.parse(f.read_text("utf-8"))) if isinstance(n, ast.Call)]
    readings = [c for c in calls if ast.unparse(c.func).split(".")[-1] == "answer"]
    return {k.arg for c in readings for k in c.keywords if k.arg} - {"node"} | {"outcome", "count", "interface"}


def test_the_code_is_read():
    places = {r.place.split(":")[0] for r in recorded()}
    expected = {
        "cli/lineage.py", "portal/views/lineage.py", "portal/api/closure.py", "portal/api/marquez/asking.py",
        "lineage/evidence/package.py", "registry/actions.py", "orchestration/pipeline/run_acts.py",
    }  # fmt: skip
    assert expected <= places
    asked = {q for r in recorded() for q in r.questions}
    assert {"search", "closure", "trace", "evidence", "chains", "details", "sources", "impact", "acts"} <= asked
    assert {"hits", "direction", "interface", "checkpoint", "datasets"} <= {k for r in recorded() for k in r.keys}


def test_every_question_and_key_has_a_chinese_word():
    unread = {r.place.split(":")[0] for r in recorded() if "{}" in r.keys or "{}" in r.questions}
    assert unread <= {"portal/api/marquez/asking.py"}  # what its callers pass on is read below
    assert {q for r in recorded() for q in r.questions} - set(QUESTIONS) - {"{}"} == set()
    assert ({k for r in recorded() for k in r.keys} | of_readings()) - set(WORDS) - {"{}"} == set()
    assert all(re.search("[\u4e00-\u9fff]", word) for word in [*WORDS.values(), *QUESTIONS.values()])


def test_a_look_reads_as_chinese():
    text = in_words({"question": "closure", "direction": "upstream", "is_complete": True, **told()})
    assert text.startswith("查询事项：来源或去向全集；方向：来源；结果完整：是；途径：命令行；操作系统登录名：")


@pytest.mark.requirement("R002")
def test_every_act_the_code_records_is_of_a_kind():
    """An act that no table names fails here, instead of counting as 管理 in silence."""
    without = []
    for each in recorded():
        named = {a for on in each.on for a in OF_TABLES.get(on, ())} if "{}" in each.act else set()
        assert named or "{}" not in each.act, f"{each.place}: which acts are these?"
        without += [f"{each.place}: {a}" for a in (each.act - {"{}"} | named) if _kind(a) not in KINDS]
    assert without == []
    assert known_kind("一种新的办理") is None


def _kind(action: str) -> str | None:
    if "{}" not in action:
        return known_kind(action)
    examples = [f"签发{letter}" for letter in LETTERS] if action == "{}{}" else [action.replace("{}", "某某")]
    kinds = {known_kind(e) for e in examples} if action in FORMS else {None}
    return kinds.pop() if len(kinds) == 1 else None


@pytest.mark.requirement("R002")
def test_evidence_is_supervision_and_the_pipeline_is_collection_and_processing():
    acts = ("导出溯源证据", "生成数据溯源报告", "批次入库", "数据加工", "脱敏核验", "起草授权")
    assert [known_kind(a) for a in acts] == ["监管", "监管", "汇聚", "加工", "安全", "开发"]
    assert {known_kind(a) for r in recorded() for a in r.act} >= set(KINDS)
