"""A program of its own that draws the pages of one PDF, so that a hostile file can harm nothing but this process.

It takes the file on its standard input and knows nothing else of the house: no database, no keys, no folder. Within its
limits of memory and time it writes for each page four bytes of length and a JPEG; or it ends with `REFUSED` and a
problem's code on its standard error. Nothing comes out before all pages were looked at.

Arguments: the most pages, the seconds of processor time, the MB of memory.
"""

import io
import re
import resource
import sys
import zlib

import pypdfium2
import pypdfium2.raw as pdfium

REFUSED = 3

LONG_EDGE = 1754
"""Pixels of a page's longer side: A4 at 150 dots an inch, which small print survives and a phone's line, too."""

MOST_SCALE = 300 / 72
"""Small pages are drawn at 300 dots an inch at most."""

LONGEST_SIDE = 3_500
"""Points (1/72 inch): A0 and a little more; larger pages are plans, or made to break programs."""

_MOST_OBJECTS = 64 << 20
"""Bytes of packed objects that are unfolded to be looked at; a form has some hundred kilobytes."""

_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|RichMedia|SubmitForm|ImportData|EmbeddedFile)")
"""Names of what acts by itself or carries another file (ISO 32000-1 §12.6.4, §7.11.4)."""

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_LONGEST_HEAD = 4_096
"""Bytes before a stream in which its dictionary is looked for."""

_PIECE = 65_536


class Refused(Exception):  # noqa: N818  no error: an answer
    """The file is not taken; carries a problem's code."""


def check_active(content: bytes) -> None:
    """Refuse what acts by itself or carries files. Objects may be packed (§7.5.7): those are unfolded, too.

    What is packed in another way than all programs do it, is so to hide something.
    """
    _check_names(_plain(content))
    left = _MOST_OBJECTS
    for match in _STREAM.finditer(content):
        head = _plain(content[max(0, match.start() - _LONGEST_HEAD) : match.start()]).rpartition(b" obj")[2]
        if b"/ObjStm" not in head and b"/First" not in head:
            continue
        if b"/DecodeParms" in head:
            raise Refused("document_active")
        objects = _unfold(content, match.end(), left)
        left -= len(objects)
        if left <= 0:
            raise Refused("document_too_heavy")
        _check_names(_plain(objects))


def _unfold(content: bytes, at: int, most: int) -> bytes:
    """Unfold the deflated bytes that begin at a place, `most` of them."""
    unfolding, objects, waiting = zlib.decompressobj(), bytearray(), b""
    while not unfolding.eof and len(objects) < most:
        if not waiting:
            waiting, at = content[at : at + _PIECE], at + _PIECE
            if not waiting:
                break
        try:
            objects += unfolding.decompress(waiting, most - len(objects))
        except zlib.error as error:
            raise Refused("document_active") from error
        waiting = unfolding.unconsumed_tail
    return bytes(objects)


def _plain(content: bytes) -> bytes:
    """Write letters of names that are given as codes (§7.3.5) as themselves."""
    return _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), content)


def _check_names(content: bytes) -> None:
    if _ACTIVE.search(content):
        raise Refused("document_active")


def open_document(content: bytes, most_pages: int) -> pypdfium2.PdfDocument:
    """Open a file and look at all of it before anything is drawn. Raises `Refused`."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise Refused("document_locked" if locked else "document_broken") from error
    if pdfium.FPDF_GetSecurityHandlerRevision(document) != -1:
        raise Refused("document_locked")
    check_active(content)
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0 or pdfium.FPDFDoc_GetAttachmentCount(document) > 0:
        raise Refused("document_active")
    if not len(document):
        raise Refused("document_broken")
    if len(document) > most_pages:
        raise Refused("document_too_many_pages")
    for number in range(len(document)):
        width, height = document.get_page_size(number)
        if max(width, height) > LONGEST_SIDE:
            raise Refused("document_page_too_large")
        if min(width, height) < 1:
            raise Refused("document_broken")
    return document


def draw(document: pypdfium2.PdfDocument, number: int) -> bytes:
    """Draw a page, with what is filled in, as a JPEG."""
    page = document[number]
    scale = min(LONG_EDGE / max(page.get_size()), MOST_SCALE)
    picture = page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
    page.close()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, subsampling=0, optimize=True)
    return out.getvalue()


def main(most_pages: int, seconds: int, megabytes: int) -> int:
    """Draw the file on the standard input; returns the exit code."""
    for limit, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    try:
        document = open_document(sys.stdin.buffer.read(), most_pages)
        document.init_forms()
        for number in range(len(document)):
            page = draw(document, number)
            sys.stdout.buffer.write(len(page).to_bytes(4, "big") + page)
        sys.stdout.buffer.flush()
    except Refused as refused:
        code = str(refused)
    except MemoryError:
        code = "document_too_heavy"
    except (pypdfium2.PdfiumError, OSError, ValueError):
        code = "document_broken"
    else:
        return 0
    sys.stderr.write(code)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
