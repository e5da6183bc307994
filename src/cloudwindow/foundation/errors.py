"""Problems: every refusal as RFC 9457 `application/problem+json`, with a stable code that the faces put into words."""

from dataclasses import dataclass
from typing import Any

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemCode:
    """A kind of refusal: its HTTP status and its sentence in both languages, with `{params}` filled in when shown."""

    code: str
    status: int
    zh: str
    en: str


class ProblemCodes:
    """All codes of the program; the OpenAPI document carries them, and the faces are generated from that."""

    def __init__(self) -> None:
        self._codes: dict[str, ProblemCode] = {}

    def define(self, code: str, status: int, zh: str, en: str) -> ProblemCode:
        """Register a code once. Raises `ValueError` when it exists or when a sentence is missing."""
        if code in self._codes or not (zh and en):
            msg = f"problem code {code!r} is defined twice or has no sentence"
            raise ValueError(msg)
        self._codes[code] = ProblemCode(code, status, zh, en)
        return self._codes[code]

    def __getitem__(self, code: str) -> ProblemCode:
        """Return the code's entry; raises `KeyError` for a code nobody defined."""
        return self._codes[code]

    def all(self) -> list[ProblemCode]:
        """List the codes in alphabetical order."""
        return sorted(self._codes.values(), key=lambda entry: entry.code)


problem_codes = ProblemCodes()


class Problem(Exception):  # noqa: N818  the RFC's own word
    """A refusal that the caller can understand and act on; nothing was changed."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.entry = problem_codes[code]
        self.params = params

    @property
    def code(self) -> str:
        """The stable code."""
        return self.entry.code

    def body(self) -> dict[str, Any]:
        """Return the problem document; `detail` is Chinese, for clients without sentences of their own."""
        return {
            "type": f"urn:cloudwindow:problem:{self.code}",
            "title": self.code,
            "status": self.entry.status,
            "code": self.code,
            "params": self.params,
            "detail": self.entry.zh.format_map(_Missing(self.params)),
        }


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


define = problem_codes.define

define("login_required", 401, "请先登录，再接着办。", "Please sign in first, then go on.")
define(
    "login_expired",
    401,
    "登录已过期，请重新登录，您填的内容还在。",
    "Your sign-in has expired. Sign in again; what you typed is kept.",
)
define(
    "not_found",
    404,
    "没有找到，可能已经结束，也可能不归您看。",
    "Not found. It may be over, or it may not be yours to see.",
)
define(
    "not_allowed",
    403,
    "您的岗位不能做这一步，需要的话请找中心管理员。",
    "Your role may not do this. Ask the centre's administrator if you need it.",
)
define(
    "csrf_failed",
    403,
    "页面放得太久了，请刷新后再试。",
    "This page has been open too long. Reload it and try again.",
)
define(
    "origin_refused",
    403,
    "请求来自别的网站，已拒绝。请从本站打开。",
    "The request came from another site and was refused. Open it from this site.",
)
define(
    "invalid_input",
    422,
    "有内容填得不对：{fields}。请改好再试。",
    "Something is not filled in right: {fields}. Correct it and try again.",
)
define("too_large", 413, "内容太大，最多 {limit_kb} KB。", "That is too large; the limit is {limit_kb} KB.")
define(
    "wrong_state",
    409,
    "情况刚刚变了，这一步现在不能做。页面会自动更新。",
    "Things have just changed, so this step is not possible now. The page will update.",
)
define(
    "busy_try_again",
    503,
    "人太多了，请过几秒再试，刚才什么也没有改。",
    "Too busy. Try again in a few seconds; nothing was changed.",
)
define(
    "service_recovering",
    503,
    "服务正在恢复，请过几秒再按一次。",
    "The service is recovering. Press again in a few seconds.",
)
define(
    "idempotency_key_missing",
    400,
    "请求缺少编号，请刷新页面再试。",
    "The request has no key. Reload the page and try again.",
)
define(
    "idempotency_key_reused",
    422,
    "同一个请求编号用在了不同的内容上，请刷新页面再试。",
    "One request key was used for two requests. Reload the page and try again.",
)
define(
    "internal",
    500,
    "系统出了差错，已经记下。请稍后再试，编号 {reference}。",
    "Something went wrong and has been recorded. Try again later; reference {reference}.",
)
