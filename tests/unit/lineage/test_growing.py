"""A view stays what it was while events come in beside it."""

from __future__ import annotations

import pytest

from lineage.graph.view import view
from tests.unit.lineage.test_log import make_chain

pytestmark = pytest.mark.django_db


def test_a_view_is_not_disturbed_by_what_comes_after_it(home):
    make_chain()
    before = view()
    node = before.find("platform.staging.people")
    assert node is not None
    told = before.inputs(node), before.edges_into(node), before.outputs(node)
    make_chain(masking=False)  # other ways of making the same data sets
    view()  # the index in memory grows
    assert (before.inputs(node), before.edges_into(node), before.outputs(node)) == told
