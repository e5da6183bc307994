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
define("ring_over", 409, "这一位已经转给别人，或对方已离开。", "This person has been passed on, or has left.")
