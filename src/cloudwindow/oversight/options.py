"""The national option codes of 好差评 by level (domain §8): use exactly; local words stand in a list of their own.

The first three of a level are shown by default, the rest under “more”. Retired codes are never reused.
"""

from cloudwindow.oversight.schemas import RatingLevel, RatingOption, Words

LEVELS = {
    5: Words(zh="非常满意", en="Very satisfied"),
    4: Words(zh="满意", en="Satisfied"),
    3: Words(zh="基本满意", en="Fairly satisfied"),
    2: Words(zh="不满意", en="Dissatisfied"),
    1: Words(zh="非常不满意", en="Very dissatisfied"),
}

NATIONAL: dict[int, dict[str, Words]] = {
    5: {
        "510": Words(zh="一窗受理一次办结", en="Everything at one window, done in one go"),
        "511": Words(zh="可以先受理后补材料", en="Accepted first, papers could follow"),
        "512": Words(zh="不用提交证明", en="No certificates were needed"),
        "513": Words(zh="可以全程网上办理", en="All of it could be done online"),
        "514": Words(zh="可以使用手机办理", en="It could be done on a phone"),
        "515": Words(zh="可以就近办理", en="It could be done nearby"),
        "516": Words(zh="无需材料直接办理", en="It was done without any papers"),
        "517": Words(zh="服务热情效率高", en="Warm and efficient service"),
    },
    4: {
        "406": Words(zh="填写一张表单就可完成申报", en="One form was enough"),
        "407": Words(zh="在线提交材料窗口核验", en="Papers sent online, checked at the window"),
        "408": Words(zh="一张清单告知全部申报材料", en="One list named all the papers"),
        "409": Words(zh="用告知承诺减免申报材料", en="A written promise replaced some papers"),
        "410": Words(zh="可以在线预约办理", en="It could be booked online"),
        "411": Words(zh="跑大厅一次办完", en="One visit to the hall was enough"),
        "412": Words(zh="可以使用自助机办理", en="It could be done at a machine"),
        "413": Words(zh="服务态度较好", en="Good manner"),
    },
    3: {
        "307": Words(zh="一次性告知需要补正的材料", en="All missing papers were named at once"),
        "308": Words(zh="提供申报材料样本", en="Samples of the papers were given"),
        "309": Words(zh="在承诺的时间内办结", en="Done within the promised time"),
        "310": Words(zh="办事指南指引准确", en="The guide was accurate"),
        "311": Words(zh="按办事指南要求的材料即可办理", en="The papers in the guide were enough"),
        "312": Words(zh="可以快递送达", en="It could be sent by post"),
        "313": Words(zh="跑动次数与承诺的一致", en="As many visits as promised"),
        "314": Words(zh="服务态度一般", en="Ordinary manner"),
    },
    2: {
        "207": Words(zh="没有提供材料样本", en="No samples of the papers"),
        "208": Words(zh="没有提供材料清单", en="No list of the papers"),
        "209": Words(zh="未在承诺时间内办结", en="Not done within the promised time"),
        "210": Words(zh="同样内容的证明材料被要求多次提交", en="The same proof was asked for several times"),
        "211": Words(zh="承诺网办但无法在线办理", en="Promised online, but could not be done online"),
        "212": Words(zh="在线预约办理后到实体大厅重复取号排队", en="Booked online, yet had to queue again in the hall"),
        "213": Words(zh="窗口人员业务不熟练", en="The clerk did not know the matter well"),
        "214": Words(zh="服务态度生硬", en="Unfriendly manner"),
    },
    1: {
        "108": Words(zh="在办事指南之外增加新的审批条件", en="New conditions beyond the guide"),
        "109": Words(zh="需提供办事指南之外的申报材料", en="Papers beyond the guide were asked for"),
        "110": Words(zh="无理由超过法定办理时间", en="Over the legal time without a reason"),
        "111": Words(zh="办事指南提供样本有错", en="The samples in the guide were wrong"),
        "112": Words(zh="承诺在线收取申报材料实际无法收取", en="Papers promised to be taken online were not"),
        "113": Words(zh="多头跑窗口和部门", en="Sent from window to window"),
        "114": Words(zh="跑动次数与承诺的不一致", en="More visits than promised"),
        "115": Words(zh="服务态度差效率低", en="Bad manner, slow"),
    },
}

LOCAL: dict[str, Words] = {
    "unclear": Words(zh="音画不清", en="Poor sound or picture"),
    "long_wait": Words(zh="等待过久", en="Waited too long"),
    "passed_on": Words(zh="频繁转接", en="Passed on too often"),
}
"""Our own words about the call, offered from level 3 down."""

LOCAL_FROM = 3
SHOWN_FIRST = 3


def rating_levels() -> list[RatingLevel]:
    """Return all levels with their options, the best first."""
    return [_level(level) for level in sorted(LEVELS, reverse=True)]


def _level(level: int) -> RatingLevel:
    options = [
        RatingOption(code=code, text=text, first=place < SHOWN_FIRST)
        for place, (code, text) in enumerate(NATIONAL[level].items())
    ]
    local = [RatingOption(code=code, text=text, first=True) for code, text in LOCAL.items()]
    return RatingLevel(level=level, name=LEVELS[level], options=options, local=local if level <= LOCAL_FROM else [])


def fit(level: int, options: list[str], local: list[str]) -> bool:
    """Say whether the chosen codes belong to the level."""
    return set(options) <= set(NATIONAL[level]) and (not local or (level <= LOCAL_FROM and set(local) <= set(LOCAL)))
