"""Every table of the program, for migrations: importing the rooms' models fills the metadata."""

from importlib import import_module

ROOMS = ("foundation", "organisation", "people", "catalogue", "dispatch", "calls", "oversight")


def load() -> None:
    """Import the models of all rooms."""
    for room in ROOMS:
        import_module(f"cloudwindow.{room}.models")
