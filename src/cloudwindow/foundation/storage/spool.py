"""What has come of an upload so far: never whole in memory, never in clear on a disk, gone with its process."""

import os
from io import BufferedReader

from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.storage.folder import Opened, Store
from cloudwindow.foundation.storage.sealed import SealedWriter, open_sealed


class Spool:
    """A file without a name, encrypted under a key that nothing but this object's memory has. Its calls block."""

    def __init__(self, store: Store) -> None:
        self._id, self._key = new_id(), os.urandom(32)
        self._file = store.scratch()
        self.writer = SealedWriter(self._file, self._key, self._id)

    def finish(self) -> None:
        """Let nothing follow; from now on it can be read."""
        self.writer.finish()
        self._file.flush()

    def open(self) -> BufferedReader:
        """Open it in clear, from its begin. It may be read while another reader does."""
        return open_sealed(Opened(os.dup(self._file.fileno())), self._key, self._id)

    def close(self) -> None:
        """Let it vanish."""
        self._file.close()
