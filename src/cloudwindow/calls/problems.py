"""Refusals of this room."""

from cloudwindow.foundation.errors import define

define("call_over", 409, "这次通话已经结束。", "This call is over.")
define(
    "call_full",
    409,
    "一次通话最多 {limit} 个人，请先让一位离开，或收回一个邀请。",
    "A call holds {limit} people at most. Let somebody leave first, or take an invitation back.",
)
define("summary_missing", 422, "请选一个结果，再写一句小结。", "Choose an outcome and write a summary.")
define(
    "words_missing",
    422,
    "请写清发生了什么，至少 {least} 个字。",
    "Say what happened, in at least {least} characters.",
)
define("outcome_unknown", 422, "没有这种结果，请重新选。", "There is no such outcome. Choose again.")
define("matter_there", 409, "这件事已经在这次连线里了。", "That matter is in this session already.")
define(
    "too_many_matters",
    409,
    "一次连线最多办 {limit} 件事，请对方再取一个号。",
    "One session takes {limit} matters at most. Please take another number.",
)
define("matter_outcome_missing", 422, "还有一件事没选结果。", "A matter has no outcome yet.")
define("not_there", 409, "这个画面已经不在通话里。", "That picture is no longer in the call.")
define("stage_changed", 409, "主画面已经换了，请再画一次。", "The picture has changed. Draw again.")
define("stroke_malformed", 422, "这一笔没有画好，请再画一次。", "This stroke is incomplete. Draw it again.")
define("too_much_drawn", 409, "画得太多了，请先清除一些。", "Too much is drawn. Clear some of it first.")
define("not_a_picture", 409, "这个文件不是图片，放不到主画面上。", "That file is no picture.")
define(
    "photo_asked_already",
    409,
    "已经请对方拍一张了，先等一等或收回。",
    "A photo is asked for already. Wait or withdraw.",
)
define("photo_not_asked", 409, "这张照片现在不用拍了。", "This photo is no longer asked for.")
define("material_unknown", 422, "这个事项没有这份材料，请重新选。", "The item has no such material. Choose again.")
define("message_not_one", 422, "一条消息发一样：文字，或者一个文件。", "A message is one thing: text, or a file.")
define("message_empty", 422, "还没有写内容。", "There is nothing in the message yet.")
define(
    "message_too_long",
    422,
    "这条消息有 {length} 个字，一次最多 {limit} 个。请分几次发。",
    "This message has {length} characters; {limit} are the most. Send it in parts.",
)
define(
    "upload_broken_off",
    400,
    "文件没有传完整，请再发一次。",
    "The file did not come through. Send it again.",
)
define(
    "link_malformed",
    422,
    "这个网址不能发。请复制完整的网址，要以 https:// 开头。",
    "This address cannot be sent. Copy all of it; it has to begin with https://.",
)
define(
    "link_not_listed",
    422,
    "{host} 不在可以推送的网站里。请用政府网站的网址；要加这个网站，请找中心管理员。",
    "{host} is not among the sites that may be sent. Use a government site, or ask the administrator to add it.",
)
define(
    "no_such_address",
    422,
    "这个事项没有这个网址，请重新选。",
    "The item has no such address. Choose again.",
)
define(
    "too_much_pushed",
    409,
    "一次连线最多推送 {limit} 样，已经满了。可以在聊天里发。",
    "One session takes {limit} links and documents at most. Send it in the chat.",
)
