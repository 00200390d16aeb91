"""The page about the interface: its examples are answered as it says, and no call is missing from it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from portal.api.app import build
from tests.unit.portal.marquez_interface import Interface

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).resolve().parents[3] / "docs/lineage-api.md").read_text("utf-8")
EXAMPLES = re.findall(r"^(GET|POST|PUT|DELETE) (/\S+) → (\d{3})$", PAGE, re.MULTILINE)


def test_every_example_is_answered_as_the_page_says(scene):
    client = Interface("auditor").client
    assert len(EXAMPLES) >= 22
    answers = [(method, path, str(client.send(method, path).status_code)) for method, path, _ in EXAMPLES]
    assert answers == EXAMPLES


def test_every_call_of_clients_of_marquez_is_on_the_page():
    described = build().openapi()["paths"]
    calls = {(m.upper(), path) for path, of in described.items() for m, op in of.items() if "Marquez" in op["tags"]}
    assert len(calls) > 35
    flat = re.sub(r"`(PUT|POST)` and `DELETE ([^`]+)`", r"`\1 \2` and `DELETE \2`", PAGE)
    missing = [f"{m} {p}" for m, p in sorted(calls) if not re.search(rf"`{m} {re.escape(p)}[`?]", flat)]
    assert missing == []


def test_headers_on_the_page_are_those_of_an_answer(scene):
    headers = Interface("auditor").client.get("/api/v1/tags").headers
    named = re.findall(r"`(X-Suyuan-[A-Za-z-]+)`", PAGE)
    assert sorted(named) == sorted({h.title() for h in headers if h.startswith("x-suyuan")})


def test_every_question_with_its_parameters_is_on_the_page():
    described = build().openapi()["paths"]
    questions = {path: of["get"]["parameters"] for path, of in described.items() if "/provenance/" in path}
    assert len(questions) == 6 and [p for p in questions if f"`GET {p}`" not in PAGE] == []
    table = {name: of for names, of in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]+) \|", PAGE, re.MULTILINE)
             for name in re.findall(r"\w+", names)}  # fmt: skip
    for path, parameters in questions.items():
        question = path.rsplit("/", 1)[1]
        for each in parameters:
            of = table[each["name"]]
            assert of == "all" or question in of or (of == "all but acts" and question != "acts"), (path, each["name"])


def test_the_closure_on_the_page_is_the_answer(scene):
    shown = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
    answer = Interface("auditor").get("/provenance/closure", node="main.clean", column="person")
    assert shown == {name: answer[name] for name in shown} and len(answer["incomplete_because"]) == 1
