"""What sets a batch aside: a rule that found it bad, never a rule that could not run."""

from __future__ import annotations

import pytest

from orchestration.pipeline.promotion import _is_judged_bad
from scheme.protocols import RuleOutcome


def outcome(state: str, blocks: bool) -> RuleOutcome:
    return RuleOutcome("r", "d", None, "accuracy", "critical", "坏", state, blocks=blocks)


@pytest.mark.parametrize(
    ("state", "blocks", "expected"),
    [("failed", True, True), ("failed", False, False), ("error", True, False), ("passed", False, False)],
)
def test_an_error_of_a_rule_says_nothing_of_the_batch(state, blocks, expected):
    assert _is_judged_bad([outcome("passed", False), outcome(state, blocks)]) is expected
