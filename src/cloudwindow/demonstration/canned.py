"""Rows of canned replies: courtesies for all items from their file, and sentences that the items' own data give."""

from collections.abc import Iterator, Mapping
from typing import Any

from cloudwindow.demonstration.files import Row, read, read_items
from cloudwindow.foundation.ids import new_id

Pair = tuple[str, str]
"""A sentence in Chinese and in English."""


def replies(items: Mapping[str, Row]) -> list[Row]:
    """Make the rows; `items` are the rows of the items by key."""
    general = [(one["zh"], one["en"]) for one in read("canned.yaml")["replies"]]
    rows = list(_rows(None, general))
    for item in read_items():
        rows += _rows(items[item["key"]]["id"], _sentences(item))
    return rows


def _rows(item_id: object, pairs: Iterator[Pair] | list[Pair]) -> Iterator[Row]:
    for position, (zh, en) in enumerate(pairs, 1):
        yield {"id": new_id(), "item_id": item_id, "position": position, "zh": zh, "en": en}


def _sentences(item: Mapping[str, Any]) -> Iterator[Pair]:
    """Say what the item holds: opening words, materials, time, visits, fees. Names stay Chinese, as on the papers."""
    short = item["short_name"]
    yield item["script"], f"Hello, I am {{name}} of {{organisation}}. You are here about {short}, is that right?"
    always = [material["material_name"] for material in item["materials"] if material["always"]]
    yield f"这件事要准备：{'、'.join(always)}。", f"Please have these ready: {', '.join(always)}."
    days, visits = item["promise_day"], item["limit_scene_num"]
    if days == 0:
        yield "材料齐全的，当场办结。", "With all papers in order it is done at once."
    else:
        yield (
            f"材料齐全的，承诺 {days} 个工作日办好。",
            f"With all papers in order, working days until it is done: {days} at most.",
        )
    if visits == 0:
        yield "这件事不用跑窗口。", "You need not come to the office for this."
    else:
        yield f"最多到现场 {visits} 次。", f"Visits to the office: {visits} at most."
    yield _fee(item)
    for material in item["materials"]:
        if "form_note" not in material:
            name = material["material_name"]
            yield f"请把{name}拍清楚，发到这里。", f"Please send a clear photo here: {name}."


def _fee(item: Mapping[str, Any]) -> Pair:
    if not item["is_fee"]:
        return "这件事不收费。", "This is free of charge."
    fees = [f"{fee['name']} {fee['standard']}" for fee in item["fees"]]
    return f"收费标准：{'；'.join(fees)}。", f"Fees: {'; '.join(fees)}."
