"""Adapters 接口适配 to systems beside ours, each for an interface that a room declares (architecture §2)."""

from cloudwindow.integrations.relays import Relays

__all__ = ["Relays"]
