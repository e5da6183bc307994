"""The demonstration accounts that a start prints, and the one password of a data folder (model §6)."""

from dataclasses import dataclass
from pathlib import Path

from cloudwindow.foundation.durable import put_first
from cloudwindow.people import random_password
from cloudwindow.settings import PASSWORD_FILE


@dataclass(frozen=True)
class DemonstrationAccount:
    """An account worth showing: who it is, in Chinese, and the station that the person usually takes."""

    account: str
    name: str
    role: str
    station: str | None


_WEIDU, _CITY = "魏都区政务服务大厅", "许昌市政务服务大厅"

ACCOUNTS = (
    DemonstrationAccount("zhangyanli", "张艳丽", "客服：魏都社保养老专席", f"{_WEIDU} 云综窗 01 号"),
    DemonstrationAccount("zhaoshumin", "赵书敏", "受理员：魏都社保养老专席", f"{_WEIDU} 云综窗 04 号"),
    DemonstrationAccount("mengfanchao", "孟凡超", "客服：魏都户籍、市场准入专席", f"{_WEIDU} 云综窗 02 号"),
    DemonstrationAccount("fenglei", "冯磊", "受理员：魏都市场准入专席", f"{_WEIDU} 云综窗 05 号"),
    DemonstrationAccount("liujingwen", "刘静雯", "客服：市级社保医保专席", f"{_CITY} 云综窗 02 号"),
    DemonstrationAccount("wangjunfeng", "王俊峰", "客服：市级户籍民生专席", f"{_CITY} 云综窗 03 号"),
    DemonstrationAccount("zhanghaoran", "张浩然", "客服：市级市场准入专席", f"{_CITY} 云综窗 04 号"),
    DemonstrationAccount("xuwenbo", "许文博", "值班督导：全市，看通话质量、处理辱骂骚扰", None),
)


def password_of(folder: Path) -> str:
    """Return the demonstration password of a data folder, made at random when there is none yet (mode 0600).

    Raises:
        OSError: the folder cannot be written, or the file not read.
    """
    path = folder / PASSWORD_FILE
    if not path.exists():
        put_first(path, f"{random_password()}\n".encode("ascii"), 0o600)
    return path.read_text(encoding="ascii").strip()
