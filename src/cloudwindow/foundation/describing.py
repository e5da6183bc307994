"""What the OpenAPI document says of refusals: one shape for all of them (RFC 9457), every code with both sentences."""

from typing import Any

from cloudwindow.foundation.errors import MEDIA_TYPE, problem_codes

_PROBLEM = "#/components/schemas/Problem"
_NOT_OURS = ("HTTPValidationError", "ValidationError")
"""What FastAPI says that invalid input is answered with; here every refusal is a problem."""


def describe_problems(document: dict[str, Any]) -> None:
    """Let every operation answer with a problem where it does not succeed, and list the codes under `x-problems`.

    Any operation may answer with most of the codes (who asks, how often, in what state things are), so a list per
    operation would say little; the status that belongs to a code is in the list of codes.
    """
    refusal = {
        "description": "A refusal, or a fault: a problem document of RFC 9457. Its code says which, and what to do.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": _PROBLEM}}},
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = refusal
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _NOT_OURS:
        schemas.pop(name, None)
    schemas["Problem"] = _problem()
    document["x-problems"] = {
        entry.code: {"status": entry.status, "zh": entry.zh, "en": entry.en} for entry in problem_codes.all()
    }


def _problem() -> dict[str, Any]:
    codes = [entry.code for entry in problem_codes.all()]
    return {
        "title": "Problem",
        "description": "Why nothing was done. `detail` is Chinese; `x-problems` has the sentences of both languages.",
        "type": "object",
        "required": ["type", "title", "status", "code", "params", "detail"],
        "properties": {
            "type": {"type": "string", "enum": [f"urn:cloudwindow:problem:{code}" for code in codes]},
            "title": {"type": "string", "enum": codes},
            "status": {"type": "integer", "enum": sorted({entry.status for entry in problem_codes.all()})},
            "code": {"type": "string", "enum": codes},
            "params": {"type": "object", "description": "What the sentence's placeholders stand for."},
            "detail": {"type": "string"},
        },
        "additionalProperties": False,
    }
