"""Every table and parameter of the program, for migrations: importing the rooms fills both registries."""

from importlib import import_module

ROOMS = ("foundation", "organisation", "messages", "people", "catalogue", "dispatch", "letters", "calls", "oversight")


def load() -> None:
    """Import all rooms with their models."""
    for room in ROOMS:
        import_module(f"cloudwindow.{room}")
        import_module(f"cloudwindow.{room}.models")
