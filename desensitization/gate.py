"""The desensitization gate: may these tables leave?

Lives here: the verdict over all reports of a subset or product.
Stays out: finding (``scan``), publishing (``orchestration``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from config import clock
from desensitization.parameters import gate
from scheme.protocols import GateFinding

if TYPE_CHECKING:
    from desensitization.scan import Report

NEXT_STEP = "请在授权文件中删除该列，或改用令牌、分档等形式后重新构建；涉及源头文本的，由数源部门整改后重新汇聚。"


class NothingScannedError(ValueError):
    """There is no report: nothing was checked, so nothing may pass."""


@dataclass(frozen=True)
class Verdict:
    """Whether the gate stays shut, and on what grounds."""

    is_blocked: bool
    findings: list[GateFinding] = field(default_factory=list)
    next_step: str = ""


def judge(reports: list[Report]) -> Verdict:
    """Return the verdict: any finding at or above the blocking score shuts the gate.

    Raises:
        NothingScannedError: there is no report.
    """
    if not reports:
        raise NothingScannedError("no table was scanned: the gate stays shut")
    limit = float(gate(clock.today())["blocking_score"])
    findings = [f for r in reports for f in r.findings if f.score >= limit]
    return Verdict(bool(findings), findings, NEXT_STEP if findings else "")
