"""The demonstration city for these tests."""

from tests.support.city import city, read_only_city

__all__ = ["city", "read_only_city"]
