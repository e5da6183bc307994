"""The situation tree 情形: questions, their options, and the personal material list that the answers make.

Ids are paths: ``s2`` is the second question, ``s2.o1`` its first option, ``s2.o1.s1`` the first question that
this option leads to. They are given when a version is frozen: an answer means the same as long as that lives.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloudwindow.catalogue import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.foundation.errors import Problem

Situation = dict[str, Any]
Option = dict[str, Any]
Content = Mapping[str, Any]
Answers = Mapping[str, str]


def with_ids(situations: Sequence[Mapping[str, Any]], above: str = "") -> list[Situation]:
    """Copy a tree, with an id for each question and option, and `adds`, `skips`, `then` for each option."""
    return [
        {
            "id": (question := f"{above}s{position}"),
            "ask": situation["ask"],
            "options": [
                _option(option, f"{question}.o{place}") for place, option in enumerate(situation["options"], 1)
            ],
        }
        for position, situation in enumerate(situations, 1)
    ]


def validate_answers(content: Content, answers: Answers) -> dict[str, str]:
    """Return the answers in the order of the tree. A question may stay open; what is answered must exist.

    A question that hangs on an option counts only when that option was chosen.

    Raises:
        Problem: `answers_unknown` with the first question that does not exist or was not reached, or has no
            such option.
    """
    reached = {situation["id"]: option["id"] for situation, option in _chosen(content["situations"], answers)}
    for question, option in answers.items():
        if reached.get(question) != option:
            raise Problem("answers_unknown", situation=question[:40])
    return reached


def explain_answers(content: Content, answers: Answers) -> list[dict[str, str]]:
    """List question and chosen option in words, in the order of the tree.

    What the version does not know is left out.
    """
    chosen = _chosen(content["situations"], answers)
    return [{"ask": situation["ask"], "say": option["say"]} for situation, option in chosen]


def personal_materials(content: Content, answers: Answers) -> list[dict[str, Any]]:
    """List the materials that this person needs: always needed or added by an option, and not skipped by one.

    A skip wins over an add, wherever it stands: it says that something else takes the paper's place.
    """
    options = [option for _, option in _chosen(content["situations"], answers)]
    added = {key for option in options for key in option["adds"]}
    skipped = {key for option in options for key in option["skips"]}
    return [
        material
        for material in content["materials"]
        if (material["always"] or material["key"] in added) and material["key"] not in skipped
    ]


def _option(option: Mapping[str, Any], name: str) -> Option:
    return {
        "id": name,
        "say": option["say"],
        "adds": list(option.get("adds") or ()),
        "skips": list(option.get("skips") or ()),
        "then": with_ids(option.get("then") or (), f"{name}."),
    }


def _chosen(situations: Sequence[Situation], answers: Answers) -> Iterator[tuple[Situation, Option]]:
    for situation in situations:
        answer = answers.get(situation["id"])
        for option in situation["options"]:
            if option["id"] == answer:
                yield situation, option
                yield from _chosen(option["then"], answers)
