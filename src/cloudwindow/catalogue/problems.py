"""Refusals of the catalogue room."""

from cloudwindow.foundation.errors import problem_codes

problem_codes.define(
    "item_unknown",
    404,
    "没有找到这件事，或者这里办不了，请重新搜一搜。",
    "There is no such service, or it is not offered here. Please search again.",
)
problem_codes.define(
    "answers_unknown",
    422,
    "您的情况有一项和办事指南对不上，请刷新页面，重新选一下。",
    "One of your answers does not fit this guide. Reload the page and choose again.",
)
