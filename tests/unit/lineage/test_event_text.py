"""Bodies at the edge of what JSON and the specification allow: taken in rightly, or refused in one line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.events import json_text
from lineage.events.ingest import ingest
from lineage.events.json_text import DEEPEST
from lineage.events.specification import EventRefusedError, NotJsonError, read, read_time
from lineage.graph.view import view
from lineage.models import Event, moment

pytestmark = pytest.mark.django_db
PRODUCER = {"producer": "https://example.org/p", "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json"}
FACET = {"_producer": "https://example.org/p", "_schemaURL": "https://example.org/facet.json"}


def dataset(name: str = "d", **facets: Any) -> dict[str, Any]:
    named = {"namespace": "n", "name": name, "facets": facets}
    return {"eventTime": "2026-09-24T00:00:00Z", "dataset": named, **PRODUCER}


def body(raw: bytes = b"1") -> bytes:
    """Return an event with ``raw`` as a value of a facet nobody knows."""
    return json.dumps(dataset(x={**FACET, "value": 0})).encode().replace(b'"value": 0', b'"value": ' + raw)


@pytest.mark.parametrize(
    "raw",
    [b"1", b"-0.0", b"1e300", b"18446744073709551616", b'"\\u0041\\\\u0000"',
     '"农业\U0001f33e"'.encode(), b'"a\\":b"', b'[":x",":"]', b'{"a" :1,"b"\n:2}', b'{"a":"\\u0022:","b":"\\u003a"}'],
)  # fmt: skip
def test_unusual_json_is_stored_byte_for_byte(home, raw):
    event = ingest(body(raw))
    assert bytes(Event.objects.get(seq=event.seq).body) == body(raw)


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"NaN", "character"), (b"Infinity", "character"), (b"01", "character"), (b"1e400", "a number too large"),
        (b"9" * 400, "a number too large"), (b'"\\ud800"', "a lone surrogate"), (b'"\\u0000"', "NUL"),
        (b'"a\\\\\\u0000"', "NUL"), (b'"\xff"', "not UTF-8"), (b'"\x01"', "character"), (b"[1,]", "character"),
        (b"{" * 5, "character"), (b"[" * 100_000, "nested too deeply"), (b'{"a":' * 2_000, "nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_with_the_rule_and_nothing_of_it(home, raw, rule):
    with pytest.raises(NotJsonError) as error:
        read(body(raw))
    assert rule in str(error.value) and "\n" not in str(error.value)
    assert len(str(error.value)) < 120


@pytest.mark.parametrize(
    "raw",
    [b'{"a":1,"a":2}', b'{"a" :1,"a":2}', b'{"a"\n:1,"x":":","a":2}',
     b'[{"a":{"b":1,"c":[],"b":1}}]', b'{"a":1,"\\u0061":2}', b'{"x":"\\u0022:","a":1,"a":2}',
     b'{"x":"\\u003ax","a":1,"a":2}', b'{"x":"\\"\\u003A","a":1,"a":2}', b'{"x":["\\u0022\\u003a"],"a":1,"a":2}'],
)  # fmt: skip
def test_a_key_that_stands_twice_is_refused(home, raw):
    with pytest.raises(EventRefusedError, match="a key stands twice in one object"):
        read(body(raw))


PIECES = st.lists(
    st.sampled_from(["a", ":", '\\"', "\\u0022", "\\u003a", "\\u003A", "\\\\", "\\u005c", " ", "\\u0061"]), max_size=3
)
TEXTS = PIECES.map(lambda pieces: '"' + "".join(pieces) + '"')
COLONS = st.sampled_from([":", ": ", " :"])


@settings(deadline=None, max_examples=400)
@given(st.lists(st.tuples(TEXTS, COLONS, TEXTS), max_size=4))
def test_keys_stand_twice_as_the_plain_reader_finds_it(members):
    text = "{" + ",".join(key + colon + value for key, colon, value in members) + "}"
    keys = [key for key, _ in json.loads(text, object_pairs_hook=list)]
    try:
        json_text.parse(text.encode())
        found = False
    except json_text.TextRefusedError:
        found = True
    assert found == (len(set(keys)) != len(keys))


def test_nesting_is_taken_up_to_the_limit_and_refused_beyond(home):
    levels = DEEPEST - 4  # event, dataset, facets, facet
    assert read(body(b"[" * levels + b"]" * levels))
    with pytest.raises(EventRefusedError, match="nested too deeply"):
        read(body(b"[" * (levels + 1) + b"]" * (levels + 1)))
    ingest(body(b'{"a":' * levels + b"1" + b"}" * levels))


def test_own_facets_nested_deeply_do_not_crash_the_validator(home):
    deep: Any = 1
    for _ in range(DEEPEST - 10):
        deep = [deep]
    with pytest.raises(EventRefusedError):
        read(json.dumps(dataset(suyuan_grant={**FACET, "grant": deep})).encode())


def test_a_body_over_the_limit_is_refused_in_one_line(home, monkeypatch):
    monkeypatch.setenv("SUYUAN_LINEAGE_EVENT_LIMIT", "100000")
    assert read(body(b'"' + b"x" * 90_000 + b'"'))
    with pytest.raises(EventRefusedError, match="longer than SUYUAN_LINEAGE_EVENT_LIMIT allows"):
        read(body(b'"' + b"x" * 100_000 + b'"'))
    monkeypatch.delenv("SUYUAN_LINEAGE_EVENT_LIMIT")
    assert read(body(b'"' + b"x" * 5_000_000 + b'"'))


def test_names_too_long_for_an_index_are_refused_with_their_place(home):
    assert read(json.dumps(dataset("长" * 600)).encode())
    with pytest.raises(EventRefusedError, match=r"dataset: namespace and name together are longer than 2,000 bytes"):
        read(json.dumps(dataset("长" * 700)).encode())


def test_names_in_any_script_are_found_again(home):
    name = "区.人口\U0002000b.表 ‮x"
    ingest(json.dumps(dataset(name, version={**FACET, "datasetVersion": "1"}), ensure_ascii=False).encode())
    now = view()
    found = now.find(f"dataset:n:{name}")
    assert found is not None and now.name(found) == name


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-09-24T01:02:03.123456789Z", "2026-09-24T01:02:03.123456+00:00"),
        ("2026-09-24t01:02:03z", "2026-09-24T01:02:03+00:00"),
        ("2026-09-24T09:30:00", "2026-09-24T01:30:00+00:00"),
        ("2026-09-24T09:30:00.5+08:00", "2026-09-24T01:30:00.500000+00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59+00:00"),
    ],
)
def test_times_are_read_in_utc(text, utc):
    assert read_time(text).isoformat() == utc


@pytest.mark.parametrize(
    "text",
    ["", "2026-09-24", "2026-09-24 01:02:03Z", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z",
     "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+99:00", "9999-12-31T23:59:59-12:00",
     "0001-01-01T00:00:00+08:00", "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00Z\n"],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(EventRefusedError, match="eventTime is not an RFC 3339 date and time"):
        read_time(text)


def test_every_accepted_moment_can_be_shown(home):
    for text in ("9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z"):
        entry = read(json.dumps({**dataset(), "eventTime": text}).encode())
        assert moment(entry.event_us) == read_time(text)
