"""Parameters of stored files (architecture, invariant 12)."""

from cloudwindow.foundation.limits import Limit
from cloudwindow.foundation.parameters import define

LARGEST_MB = define(
    "files.largest_mb",
    20,
    "MB",
    "ours: a phone's photo has 3 to 12 MB, a scanned contract of ten pages 5 to 15",
    "The largest file that is taken (a MB is 1,048,576 bytes).",
)
MOST_MEGAPIXELS = define(
    "files.most_megapixels",
    50,
    "million pixels",
    "ours: the full 48 million of a phone's camera; decoding takes eight bytes a pixel for a moment",
    "Pictures with more pixels are refused before they are decoded.",
)
MOST_PAGES = define(
    "documents.most_pages",
    30,
    "pages",
    "ours: a form with its notes has 2 to 12; whoever shows more than 30 shows them to nobody",
    "A PDF with more pages is not pushed.",
)
MOST_SECONDS = define(
    "documents.most_seconds",
    20,
    "s",
    "ours: a page takes a tenth of a second, a scanned one half a second",
    "Processor time within which all pages of a PDF must be drawn; twice that by the clock.",
)
UNUSED_MINUTES = define(
    "files.unused_minutes",
    60,
    "min",
    "ours: longer than any upload and than anybody thinks about a message",
    "After this time a file that did not arrive, or with which nothing was done, is removed.",
)
UPLOADS_PER_LOGIN = Limit(
    define(
        "limits.uploads_per_login",
        60,
        "files in ten minutes",
        "ours: every page of a household register, twice",
        "Files that one login may send.",
    ),
    600,
)
