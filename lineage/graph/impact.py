"""受影响范围: which granted subsets and products use a data set or column（``scheme.protocols.Impact``）.

Lives here: walking recorded lineage downstream from the platform to subsets and products.
Add here: another kind of user downstream.
Stays out: what is done about it (``expectations.orders.consequences``), the full page of one data set
(``lineage.graph.trace``). A name that lineage never heard of has nothing downstream.
"""

from __future__ import annotations

from functools import cached_property

from lineage.graph.paths import Paths
from registry.models import GrantRecord
from scheme.grant import Grant
from scheme.names import authorized_name, product_name
from scheme.protocols import Affected

_CLOSED = ("草稿", "已取消", "已到期")


def affected(dataset: str, column: str = "") -> list[Affected]:
    """Return the granted subsets that use a data set, or one of its columns, by grant and subset, as of now."""
    return Impacts()(dataset, column)


class Impacts:
    """Many such questions about one moment: lineage and grants are read once, at the first question.

    Who asks nothing reads nothing. Keep one for a page, a run or a report, never longer: it grows old.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], list[Affected]] = {}

    def __call__(self, dataset: str, column: str = "") -> list[Affected]:
        """Return what ``affected`` returned at the first question."""
        if (dataset, column) not in self._known:
            self._known[dataset, column] = self._walk(dataset, column)
        return list(self._known[dataset, column])

    @cached_property
    def _paths(self) -> Paths:
        return Paths()

    @cached_property
    def _grants(self) -> list[Grant]:
        found = GrantRecord.objects.exclude(state__in=_CLOSED).order_by("grant")
        return [Grant.model_validate(record.document) for record in found]

    def _walk(self, dataset: str, column: str) -> list[Affected]:
        paths = self._paths
        reached = paths.columns_to(dataset, column) if column else {n: set() for n in paths.downstream(dataset)}
        found = []
        for grant in self._grants if reached else []:
            for table in grant.tables:
                subset = str(authorized_name(grant.grant, table.table))
                if subset in reached:
                    columns = tuple(c.name for c in table.columns if c.name in reached[subset])
                    products = self._products(grant, subset)
                    found.append(Affected(grant.grant, grant.scenario.name, subset, table.title, columns, products))
        return found

    def _products(self, grant: Grant, subset: str) -> tuple[str, ...]:
        """Products made of the subset; one that was never made is named too, since it would be."""
        made = self._paths.downstream(subset)
        names = {p.name: str(product_name(grant.grant, p.product)) for p in grant.products}
        return tuple(n for n, name in names.items() if name in made or self._paths.last_made(name) is None)
