"""Refusals of the organisation room."""

from cloudwindow.foundation.errors import problem_codes

problem_codes.define(
    "region_unknown",
    404,
    "没有找到这个县（区），请重新选择在哪里办。",
    "There is no such county or district here. Please choose again where to do this.",
)
