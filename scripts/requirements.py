"""Write docs/requirements.md: each row of the scheme with its quotation, feature, tests and state.

The tests' own marks are the only source of "shown": a row without a marked test is not covered, and says so.
Fails on a mark with an unknown number.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r'@pytest\.mark\.requirement\("([^"]+)"\)|^def (test_\w+)', re.MULTILINE)


def marked_tests(folder: Path) -> dict[str, list[str]]:
    """Return row → tests that carry its number."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        waiting: list[str] = []
        for number, test in MARK.findall(path.read_text("utf-8")):
            if number:
                waiting.append(number)
                continue
            for row in waiting:
                found[row].append(f"{path.relative_to(ROOT).as_posix()}::{test}")
            waiting = []
    return found


def document(rows: list[dict[str, str]], tests: dict[str, list[str]]) -> str:
    """Return the page."""
    shown = sum(r["row"] in tests for r in rows)
    lines = [
        "# Requirements", "",
        "Made by `make requirements` from the marks of the tests; do not edit. Rows without a test are not covered.",
        f"Shown by tests: {shown} of {len(rows)}.", "",
        "| row | scheme | quotation | feature | tests | state |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for row in rows:
        names = "<br>".join(f"`{t.split('::')[1]}`" for t in tests.get(row["row"], []))
        state = "shown, in part or whole" if names else "not covered"
        cells = (row["row"], f"【{row['heading']}】", row["quotation"], row["feature"], names, state)
        lines.append("| " + " | ".join(c.replace("|", "／") for c in cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page; 1 if a mark names no row."""
    rows = yaml.safe_load((ROOT / "scheme" / "requirements.yml").read_text("utf-8"))
    tests = marked_tests(ROOT / "tests")
    unknown = sorted(set(tests) - {r["row"] for r in rows})
    if unknown:
        print(f"marks name no row: {', '.join(unknown)}", file=sys.stderr)
        return 1
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs" / "requirements.md").write_text(document(rows, tests), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
