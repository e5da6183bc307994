"""Refusals of this room."""

from cloudwindow.foundation.errors import define

define(
    "no_letters",
    422,
    "这件事在这里还不能留言，请打指南上的电话。",
    "You cannot leave a message about this here yet. Please call the number in the guide.",
)
define(
    "letters_too_many",
    409,
    "您已经有 {most} 条留言在等答复，有了答复再写。",
    "{most} of your messages wait for an answer already. Write again once one is answered.",
)
define(
    "letter_held",
    409,
    "{name} 正在回这条留言。",
    "{name} is answering this message.",
)
define(
    "letter_changed",
    409,
    "这条留言刚才又有新的内容，请再看一遍。",
    "This message has changed just now. Please look at it again.",
)
