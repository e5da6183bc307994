"""Files: a store, a format that is encrypted per file, and the way of a file from the wire to the disk and back.

Only what needs no tables is here; `files` has the rest, so that the tables themselves can be made from this package.
"""

from cloudwindow.foundation.storage.folder import Folder, Store
from cloudwindow.foundation.storage.states import FILE

__all__ = ["FILE", "Folder", "Store"]
