"""`cloudwindow worker`, which dies at the named place of its argument: `python -m tests.support.worker [PLACE]`."""

import sys

from cloudwindow.cli import main
from cloudwindow.foundation import failpoints

if __name__ == "__main__":
    if place := "".join(sys.argv[1:]):
        failpoints.arm(place, "kill")
    sys.argv[1:] = ["worker"]
    main()
