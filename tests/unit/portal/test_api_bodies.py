"""Bodies at the limits: packed in many members, batches of many events."""

from __future__ import annotations

import base64
import gzip
import random
from itertools import pairwise

import pytest

from lineage.models import RefusedEvent
from portal.api import bodies
from portal.api.errors import ProblemError
from tests.unit.portal.api import producer
from tests.unit.portal.test_api_ingest import BATCH, ONE, assert_problem, raw, run_event, stored

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("size", [100, 70_000, 3_000_000])
def test_a_body_in_sixteen_members_is_put_together_again(api, size):
    more = base64.b64encode(random.Random(7).randbytes(size)).decode()
    body = raw(run_event(run_facets={"x": more}))
    cuts = [len(body) * i // 16 for i in range(17)]
    packed = b"".join(gzip.compress(body[a:b]) for a, b in pairwise(cuts))
    assert producer().post(ONE, packed, Content_Encoding="gzip").status_code == 201
    assert stored() == [body]


def test_no_more_of_a_body_is_read_than_is_allowed():
    """A million empty members would take minutes if each were looked at."""
    with pytest.raises(ProblemError):
        bodies._unpacked(gzip.compress(b"") * 1_000_000, 1 << 26)
    body = b" " * 1000
    assert bodies._unpacked(gzip.compress(body), 1000) == body
    with pytest.raises(ProblemError, match="上限"):
        bodies._unpacked(gzip.compress(body), 999)


BAD = {
    "bomb in many members": (gzip.compress(b" " * 1_000_000) * 16, 413),
    "too many members": (b"".join(map(gzip.compress, [b" "] * 17)), 400),
    "empty members": (gzip.compress(b"") * 3 + gzip.compress(raw(run_event())), 400),
    "no member behind": (gzip.compress(raw(run_event())) + b"x" * 20, 400),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_members_that_are_too_many_empty_or_none_are_refused_in_one_sentence(api, name):
    body, status = BAD[name]
    assert_problem(producer().post(ONE, body, Content_Encoding="gzip"), status)
    assert stored() == [] and not RefusedEvent.objects.exists()


@pytest.mark.parametrize("element", [b"1", b"{}", b'{"a": [1, "]"]}'])
def test_a_batch_of_too_many_events_is_refused_whole(api, element):
    body = b"[" + b",".join([element] * 10_001) + b"]"
    assert "10,000" in assert_problem(producer().post(BATCH, body), 413)
    assert not stored() and not RefusedEvent.objects.exists()


def test_a_batch_of_as_many_events_as_may_be_is_read(api):
    answer = producer().post(BATCH, b"[" + b",".join([raw(run_event()), *[b"1"] * 9_999]) + b"]")
    assert answer.status_code == 200 and answer.json()["summary"]["received"] == 10_000
    assert len(stored()) == 1
