"""Refusals of this room."""

from cloudwindow.foundation.errors import define

define(
    "rating_over",
    409,
    "这次服务已经评过，或过了评价的时间。",
    "This service has been rated already, or the time for it is over.",
)
define(
    "rating_options_wrong",
    422,
    "选的原因和星级不对应，请重新选。",
    "The reasons do not belong to the level. Choose again.",
)
define("block_too_long", 422, "最多限制 {most} 天。", "{most} days are the most.")
define(
    "already_blocked",
    409,
    "这位已经被限制取号，到 {until} 为止。",
    "This person cannot take numbers already, until {until}.",
)
