"""The national codes of 好差评, to the letter (domain §8)."""

from itertools import product

import pytest

from cloudwindow.oversight.options import LOCAL, NATIONAL, fit, rating_levels

NAMES = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
CODES = """
5 510 一窗受理一次办结
5 511 可以先受理后补材料
5 512 不用提交证明
5 513 可以全程网上办理
5 514 可以使用手机办理
5 515 可以就近办理
5 516 无需材料直接办理
5 517 服务热情效率高
4 406 填写一张表单就可完成申报
4 407 在线提交材料窗口核验
4 408 一张清单告知全部申报材料
4 409 用告知承诺减免申报材料
4 410 可以在线预约办理
4 411 跑大厅一次办完
4 412 可以使用自助机办理
4 413 服务态度较好
3 307 一次性告知需要补正的材料
3 308 提供申报材料样本
3 309 在承诺的时间内办结
3 310 办事指南指引准确
3 311 按办事指南要求的材料即可办理
3 312 可以快递送达
3 313 跑动次数与承诺的一致
3 314 服务态度一般
2 207 没有提供材料样本
2 208 没有提供材料清单
2 209 未在承诺时间内办结
2 210 同样内容的证明材料被要求多次提交
2 211 承诺网办但无法在线办理
2 212 在线预约办理后到实体大厅重复取号排队
2 213 窗口人员业务不熟练
2 214 服务态度生硬
1 108 在办事指南之外增加新的审批条件
1 109 需提供办事指南之外的申报材料
1 110 无理由超过法定办理时间
1 111 办事指南提供样本有错
1 112 承诺在线收取申报材料实际无法收取
1 113 多头跑窗口和部门
1 114 跑动次数与承诺的不一致
1 115 服务态度差效率低
"""
RETIRED = [*range(501, 510), *range(401, 406), *range(301, 307), *range(201, 207), *range(101, 108)]


def test_the_codes_are_the_national_ones_in_their_order() -> None:
    expected = [tuple(line.split(" ", 2)) for line in CODES.strip().splitlines()]
    shown = [(str(level.level), option.code, option.text.zh) for level in rating_levels() for option in level.options]
    assert shown == expected


def test_the_levels_have_their_names_the_best_first() -> None:
    assert [(level.level, level.name.zh) for level in rating_levels()] == list(NAMES.items())


def test_the_first_three_are_shown_and_the_rest_waits_under_more() -> None:
    for level in rating_levels():
        assert [option.first for option in level.options] == [True] * 3 + [False] * 5


def test_retired_codes_are_not_reused() -> None:
    used = {code for codes in NATIONAL.values() for code in codes}
    assert not used & {str(code) for code in RETIRED}


def test_local_words_stand_apart_and_from_three_down() -> None:
    assert [words.zh for words in LOCAL.values()] == ["音画不清", "等待过久", "频繁转接"]
    assert [bool(level.local) for level in rating_levels()] == [False, False, True, True, True]
    assert not set(LOCAL) & {code for codes in NATIONAL.values() for code in codes}


@pytest.mark.parametrize("level", NATIONAL)
def test_codes_fit_their_own_level_only(level: int) -> None:
    assert fit(level, [], [])
    assert fit(level, list(NATIONAL[level]), [])
    for other, code in product(NATIONAL, [next(iter(NATIONAL[level]))]):
        assert fit(other, [code], []) is (other == level)
    assert fit(level, [], ["unclear"]) is (level <= 3)
    assert not fit(level, ["unclear"], [])
    assert not fit(level, [], [next(iter(NATIONAL[level]))])
    assert not any(fit(level, [str(code)], []) for code in RETIRED)


def test_every_word_exists_in_both_languages() -> None:
    for level in rating_levels():
        words = [level.name, *(option.text for option in [*level.options, *level.local])]
        assert all(word.zh and word.en for word in words)
