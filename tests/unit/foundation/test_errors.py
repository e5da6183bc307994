"""Problem codes: a sentence in each language with the same placeholders, and somebody who raises each."""

import re
from pathlib import Path

import pytest

from cloudwindow.app import create_app
from cloudwindow.foundation.errors import Problem, ProblemCode, ProblemCodes, problem_codes
from cloudwindow.settings import Settings

CODES = problem_codes.all()
SOURCE = Path(__file__).parents[3] / "src" / "cloudwindow"


def placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", sentence))


@pytest.mark.parametrize("entry", CODES, ids=lambda entry: entry.code)
def test_both_languages_say_the_same(entry: ProblemCode) -> None:
    assert re.search(r"[一-鿿]", entry.zh)
    assert re.search(r"[A-Za-z]", entry.en)
    assert not re.search(r"[一-鿿]", entry.en)
    assert placeholders(entry.zh) == placeholders(entry.en)
    assert 400 <= entry.status < 600
    assert re.fullmatch(r"[a-z][a-z0-9_]*", entry.code)


@pytest.mark.parametrize("entry", CODES, ids=lambda entry: entry.code)
def test_a_code_is_raised_with_its_placeholders(entry: ProblemCode) -> None:
    raised = re.compile(rf'Problem\(\s*"{entry.code}"(?P<rest>[^\n]*)')
    found = [match for path in SOURCE.rglob("*.py") for match in raised.finditer(path.read_text(encoding="utf-8"))]
    assert found, f"nobody raises {entry.code}"
    for match in found:
        assert all(f"{name}=" in match["rest"] for name in placeholders(entry.zh)), match[0]


def test_a_problem_document_carries_code_params_and_a_chinese_detail() -> None:
    body = Problem("too_large", limit_kb=1024).body()
    assert body["type"] == "urn:cloudwindow:problem:too_large"
    assert (body["status"], body["code"], body["params"]) == (413, "too_large", {"limit_kb": 1024})
    assert body["detail"] == "内容太大，最多 1024 KB。"


def test_a_missing_param_leaves_a_gap_and_no_fault() -> None:
    assert "…" in Problem("too_large").body()["detail"]


def test_braces_in_params_are_text() -> None:
    assert "{0.__class__}" in Problem("invalid_input", fields="{0.__class__}").body()["detail"]


def test_unknown_codes_and_second_definitions_are_mistakes() -> None:
    with pytest.raises(KeyError):
        Problem("no_such_code")
    codes = ProblemCodes()
    codes.define("one", 400, "一", "one")
    for again in (("one", 400, "一", "one"), ("two", 400, "", "two"), ("two", 400, "二", "")):
        with pytest.raises(ValueError, match=again[0]):
            codes.define(*again)


def test_the_openapi_document_carries_every_code() -> None:
    document = create_app(Settings(mode="test"), "postgresql://nobody@localhost/nothing").openapi()
    assert document["x-problems"] == {
        entry.code: {"status": entry.status, "zh": entry.zh, "en": entry.en} for entry in CODES
    }


def test_the_openapi_document_says_that_every_refusal_is_a_problem() -> None:
    document = create_app(Settings(mode="test"), "postgresql://nobody@localhost/nothing").openapi()
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["responses"]["default"]["content"] == problem, (method, path)
            assert all(status in {"200", "201", "206", "default"} for status in operation["responses"]), (method, path)
    assert {"200", "201"} < set(
        document["paths"]["/api/tickets"]["post"]["responses"]
    )  # an account has one live ticket
