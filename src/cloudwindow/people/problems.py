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
define(
    "station_needed",
    422,
    "您的岗位要坐窗口接待，请选今天坐的窗口。",
    "Your role serves people at a counter. Choose the one you sit at today.",
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
define(
    "password_must_change",
    403,
    "这是一次性密码，请先设一个自己的新密码。",
    "This is a one-time password. Choose a new one of your own first.",
)
define(
    "password_too_short",
    422,
    "新密码太短，至少 {least} 个字符。",
    "The new password is too short: at least {least} characters.",
)
define(
    "password_too_common",
    422,
    "新密码太容易被猜到，请换一个不含账号、也不是常见组合的。",
    "The new password is too easy to guess. Choose one without the account's name and no common pattern.",
)
define(
    "password_unchanged",
    422,
    "新密码和现在的一样，请换一个。",
    "The new password is the present one. Choose another.",
)
define(
    "code_required",
    401,
    "请输入手机动态验证码里的 6 位数字，或者一个备用码。",
    "Enter the six digits that your code generator shows, or a recovery code.",
)
define(
    "wrong_code",
    401,
    "验证码不对或已经用过，请等下一组数字再试。连续输错几次会锁定一会儿。",
    "The code is wrong or was used already. Wait for the next one. Several wrong tries lock the account for a while.",
)
define(
    "second_factor_missing",
    403,
    "您的岗位要先绑定动态验证码才能登录。",
    "Your role needs a code generator before you can sign in.",
)
define(
    "second_factor_there",
    409,
    "已经绑定了动态验证码；换手机请找系统管理员解除。",
    "A code generator is bound already. To change it, ask the system administrator to remove it.",
)
define(
    "link_unknown",
    404,
    "这个链接不对，也许没有复制完整。请在原来的设备上再点一次“换一台设备继续”。",
    "This link is not right; perhaps part of it is missing. Press “Go on with another device” there again.",
)
define(
    "link_used",
    410,
    "这个链接已经用过了，每个只能用一次。您的号码没有丢，请在原来的设备上再要一个。",
    "This link was used already; each works once. Your number is not lost: ask for another on the first device.",
)
define(
    "link_expired",
    410,
    "这个链接过期了。您的号码没有丢，请在原来的设备上再要一个。",
    "This link has expired. Your number is not lost: ask for another on the first device.",
)
define(
    "phone_code_over",
    410,
    "这个验证码已经失效，请再要一个。",
    "This code is not good any more. Ask for another.",
)
define(
    "phone_code_not_sent",
    503,
    "现在发不出短信，不影响排队：请保持此页打开。",
    "No message can be sent now. Your place is not affected: please keep this page open.",
)
