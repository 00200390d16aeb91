"""资源代码 ``分类码/顺序码``: which one a new entry gets.

Lives here: the next free code of a department, from all codes ever given.
Add here: another rule of numbering.
Stays out: which codes were ever given (``registry.catalog_codes``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scheme.catalog import Department

_CODE = re.compile(r"([0-9]{7})/([0-9]{6})")
_LAST = 999_999
UNALLOTTED = "待分配"
FIRST_CLASS, OUTSIDE_CLASS = "1010001", "9010001"  # the district's own providers, outside samples


def next_code(department: Department, given: Iterable[tuple[str, str]]) -> str:
    """Return the next code of a department; ``given``: (department, code) of every entry, draft and withdrawn one.

    Raises:
        ValueError: the department's sequence is used up.
    """
    parts = [(owner, m.group(1), int(m.group(2))) for owner, code in given if (m := _CODE.fullmatch(code))]
    own = sorted({klass for owner, klass, _ in parts if owner == department.code})
    klass = own[0] if own else _next_class(department, {k for _, k, _ in parts})
    number = max((n for _, k, n in parts if k == klass), default=0) + 1
    if number > _LAST:
        raise ValueError(f"class {klass} has no free sequence number")
    return f"{klass}/{number:06d}"


def _next_class(department: Department, used: set[str]) -> str:
    first = FIRST_CLASS if department.counts else OUTSIDE_CLASS
    return str(max((int(k) for k in used if k[:3] == first[:3]), default=int(first) - 1) + 1)
