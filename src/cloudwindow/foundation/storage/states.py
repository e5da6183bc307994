"""The states of a stored file."""

from cloudwindow.foundation.states import Machine, Move

FILE = Machine(
    "file",
    "文件",
    "arriving",
    (
        Move("arriving", "store", "stored", "its bytes are on the disk, and its sender was told so"),
        Move("arriving", "give_up", "removed", "its bytes did not come, or nobody was told"),
        Move("stored", "give_up", "removed", "nothing was done with it in time"),
    ),
)
