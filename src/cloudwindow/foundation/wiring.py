"""Interfaces that an earlier room declares and a later one provides; `app.py` binds them (architecture §2)."""

from typing import Any, TypeVar, cast

Port = TypeVar("Port")


class Wiring:
    """What each declared interface is bound to in this process."""

    def __init__(self) -> None:
        self._bound: dict[Any, object] = {}

    def bind(self, protocol: type[Port], implementation: Port) -> None:
        """Provide `protocol` once. Raises `ValueError` on a second binding."""
        if protocol in self._bound:
            msg = f"{protocol.__name__} is bound twice"
            raise ValueError(msg)
        self._bound[protocol] = implementation

    def port(self, protocol: type[Port]) -> Port:
        """Return the implementation. Raises `KeyError` when nothing provides it, which a test of the wiring finds."""
        return cast("Port", self._bound[protocol])
