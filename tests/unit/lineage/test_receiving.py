"""A batch is cut into the exact bytes of its events."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.events.receiving import BatchRefusedError, _elements, receive_batch
from lineage.models import ProducerKey

SPACE = st.sampled_from(["", " ", "\n", "\t \r\n"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('a"\\[]{},: \n\u6e90\U0001f600', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab]}"), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.tuples(VALUES, st.booleans(), SPACE, SPACE), max_size=4), SPACE)
def test_the_parts_are_what_was_put_together(values, around):
    parts = [json.dumps(v, ensure_ascii=ascii, indent=1 if ascii else None) for v, ascii, _, _ in values]
    text = around + "[" + around
    text += ",".join(before + part + after for part, (_, _, before, after) in zip(parts, values, strict=True))
    text += "]" + around
    assert [bytes(part).decode() for part in _elements(text.encode())] == parts


@settings(deadline=None)
@given(st.text(st.sampled_from('[]{},:"\\ 1aé\n'), max_size=12))
def test_only_what_is_a_json_array_is_a_batch(text):
    try:
        expected = json.loads(text)
    except ValueError:
        expected = None
    try:
        found = [json.loads(bytes(part)) for part in _elements(text.encode())]
    except BatchRefusedError:
        found = None
    assert found == (expected if isinstance(expected, list) else None)


def test_a_batch_nested_too_deeply_is_refused():
    with pytest.raises(BatchRefusedError, match="deeply"):
        list(receive_batch(b"[" * 100_000, ProducerKey(key_id="k")))
