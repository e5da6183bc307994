"""The demonstration city for these tests."""

from tests.support.city import city

__all__ = ["city"]
