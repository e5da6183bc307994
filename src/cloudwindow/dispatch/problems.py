"""Refusals of this room."""

from cloudwindow.foundation.errors import define

define(
    "no_desk",
    422,
    "这个事项在这里还不能视频帮办，请打指南上的电话。",
    "This matter is not yet helped by video here. Please call the number in the guide.",
)
define(
    "desk_closed",
    409,
    "现在不在服务时间，{opens} 开始。",
    "It is outside service hours; it opens at {opens}.",
)
define(
    "consent_outdated",
    409,
    "告知书刚刚更新，请再看一遍。",
    "The notice has just been updated. Please read it again.",
)
define("desk_unsuited", 409, "这个专席不办这个事项，请另选。", "That desk does not serve this matter. Choose another.")
define("desk_empty", 409, "这个专席现在没有人在岗，请另选。", "Nobody is on duty at that desk now. Choose another.")
define(
    "callback_too_early",
    409,
    "排队满 {minutes} 分钟以后可以约回呼。",
    "A callback may be agreed on after {minutes} minutes in the queue.",
)
define(
    "callback_not_offered",
    422,
    "这个时间约不了，请从给出的时间里再选一个。",
    "That time is not offered. Please choose one of those that are.",
)
define(
    "callback_not_yet",
    409,
    "{time} 起可以提前回呼。",
    "It may be called back from {time} on.",
)
define(
    "may_not_take",
    403,
    "这个号不归您接：不在您的专席，或者不是您办的事项。",
    "This number is not yours to take: it waits at another desk, or for a matter that you do not handle.",
)
define(
    "not_ready_yourself",
    409,
    "您现在还不能接：先就绪，手上的办完再回呼。",
    "You cannot take a call now. Become ready and finish what you have in hand, then call back.",
)
define(
    "nobody_to_hear",
    409,
    "对方的页面关着，手机也叫不到；到了约定的时间系统再看一次。",
    "The person’s page is closed and no phone can be reached; it is looked again at the agreed time.",
)
define("ring_over", 409, "这一位已经转给别人，或对方已离开。", "This person has been passed on, or has left.")
define(
    "not_invitable", 409, "这位办不了这个事项，请另选一位。", "This person does not handle the matter. Choose another."
)
define(
    "not_free",
    409,
    "这位现在不空，请另选一位，或过一会再请。",
    "This person is not free now. Choose another, or ask again in a while.",
)
for _reason, _zh, _en in (
    ("insults", "辱骂工作人员", "insults against the staff"),
    ("harassment", "骚扰工作人员", "harassment of the staff"),
    ("threats", "威胁工作人员", "threats against the staff"),
):
    define(
        f"blocked_for_{_reason}",
        403,
        f"因为通话中{_zh}，{{until}} 以前您不能取号。急事可以去大厅窗口办；认为不对，请打 12345 投诉。",
        f"Because of {_en} in a call you cannot take a number until {{until}}. The hall's windows are open to you; to"
        " object, call 12345.",
    )
