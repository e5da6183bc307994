"""Files that are put in place as a whole."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cloudwindow.foundation import durable


def test_of_several_writers_the_first_counts(tmp_path: Path) -> None:
    path = tmp_path / "password"
    durable.put_first(path, b"one", 0o600)
    durable.put_first(path, b"two", 0o600)
    assert (path.read_bytes(), [*tmp_path.iterdir()]) == (b"one", [path])


def test_the_last_put_counts(tmp_path: Path) -> None:
    path = tmp_path / "certificate"
    durable.put(path, b"one", 0o644)
    durable.put(path, b"two", 0o644)
    assert (path.read_bytes(), [*tmp_path.iterdir()]) == (b"two", [path])


@pytest.mark.parametrize("act", [durable.put, durable.put_first])
def test_what_is_killed_while_it_writes_leaves_no_file_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Path, bytes, int], None]
) -> None:
    """Another process of the same folder then makes its own, instead of reading half of one."""

    def die(_descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", die)
        with pytest.raises(KeyboardInterrupt):
            act(tmp_path / "password", b"half", 0o600)
    assert not (tmp_path / "password").exists()
    durable.put_first(tmp_path / "password", b"whole", 0o600)
    assert (tmp_path / "password").read_bytes() == b"whole"
