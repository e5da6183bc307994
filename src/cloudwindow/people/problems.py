"""Refusals of this room."""

from cloudwindow.foundation.errors import define

define(
    "wrong_password",
    401,
    "账号或密码不对。连续输错几次会锁定一会儿，拿不准请找管理员。",
    "Account or password is wrong. Several wrong tries in a row lock it for a while; ask an administrator if unsure.",
)
define(
    "account_locked",
    423,
    "输错次数太多，已锁定到 {until}。急用请找管理员解锁。",
    "Too many wrong tries: locked until {until}. An administrator can unlock it.",
)
define("station_unknown", 422, "没有这个窗口，请重新选择。", "There is no such station. Choose again.")
define(
    "unfinished_wrap_ups",
    409,
    "还有 {count} 件小结没写完，写完再休息或下线。",
    "{count} wrap-ups are unfinished. Finish them before a break or signing off.",
)
define(
    "still_serving",
    409,
    "正在振铃或通话，先接完这一位。",
    "You are being rung or in a call. Finish with this person first.",
)
