"""Whether what goes along some dependencies is protected: the one rule（脱敏情况）.

Lives here: the rule: protected only if every direct path masks; a path of which that is not known leaves it unknown;
one that shows the value leaves it unprotected.
Add here: nothing but a change of the rule; every place that says 已脱敏 asks here.
Stays out: what one step does to a value (``lineage.columns.masks``, facets of producers), words and lines
(``lineage.graph.picture_edges``, ``lineage.evidence``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol, TypeVar

from lineage.models import WHOLE

State = Literal["masked", "plain", "unknown", "indirect", "unrecorded"]


class Dependency(Protocol):
    """A column dependency, whoever keeps it; ``masking`` None: not known."""

    @property
    def column(self) -> str:
        """The column that depends."""
        ...

    @property
    def type(self) -> str:
        """DIRECT or INDIRECT."""
        ...

    @property
    def masking(self) -> bool | None:
        """Whether the value does not show."""
        ...


Some = TypeVar("Some", bound=Dependency)


def direct(edges: Iterable[Some]) -> list[Some]:
    """Return those that hand a value on: not conditions, and not those on which rows there are."""
    return [e for e in edges if e.type == "DIRECT" and e.column != WHOLE]


def state(edges: Iterable[Dependency]) -> State:
    """Return what is true of the dependencies of a column, or of a line between two data sets, together.

    ``indirect``: only conditions go along; ``unrecorded``: no dependency of a column is recorded.
    """
    known = list(edges)
    values = [e.masking for e in direct(known)]
    if not values:
        return "indirect" if known else "unrecorded"
    if False in values:
        return "plain"
    return "unknown" if None in values else "masked"


def is_protected(edges: Iterable[Dependency]) -> bool | None:
    """Return whether a column's value is masked on every direct path; None if that is not known.

    A column without a direct path (a label chosen by conditions) masks nothing: False.
    """
    found = state(edges)
    return None if found == "unknown" else found == "masked"
