"""PDF files as clerks have them and as enemies make them, written by hand so that each shows one thing."""

import zlib


def pdf(*pages: str, size: tuple[int, int] = (595, 842), extra: str = "", objects: str = "") -> bytes:
    """A PDF with a line of text on each page; `extra` goes into the catalogue, `objects` before the page tree."""
    count = len(pages)
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(count))
    parts = [
        f"1 0 obj\n<< /Type /Catalog /Pages 2 0 R {extra} >>\nendobj\n",
        f"2 0 obj\n<< /Type /Pages /Count {count} /Kids [{kids}] >>\nendobj\n",
        "3 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n",
        objects,
    ]
    for n, text in enumerate(pages):
        drawn = f"BT /F1 48 Tf 60 {size[1] - 120} Td ({text}) Tj ET" if text else ""
        parts.append(
            f"{10 + 2 * n} 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}]"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {11 + 2 * n} 0 R >>\nendobj\n"
            f"{11 + 2 * n} 0 obj\n<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream\nendobj\n"
        )
    return _finished("".join(parts).encode("latin-1"))


def _finished(body: bytes, trailer: str = "") -> bytes:
    """Without a table of objects: readers build it anew, as they do for files that were cut or patched."""
    return b"%PDF-1.7\n" + body + f"trailer\n<< /Root 1 0 R {trailer} >>\n%%EOF\n".encode()


FORM = pdf("Page one", "Page two", "Page three")
"""Three pages of A4."""

BROKEN = b"%PDF-1.7\n" + bytes(range(256)) * 8
EMPTY = pdf()
THOUSAND = pdf(*("x" for _ in range(1_000)))
HUGE = pdf("large", size=(14_400, 14_400))
SCRIPT = pdf("x", extra="/OpenAction << /S /JavaScript /JS (app.alert(1)) >>")
SCRIPT_IN_CODES = pdf("x", extra="/OpenAction << /S /J#61vaScr#69pt /JS (app.alert(1)) >>")
LAUNCH = pdf("x", extra="/OpenAction << /S /Launch /F (calc.exe) >>")
ATTACHED = pdf("x", objects="5 0 obj\n<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream\nendobj\n")


def packed(objects: bytes, how: str = "/FlateDecode", kind: str = "/ObjStm", more: str = "") -> bytes:
    """A PDF with objects in a packed stream, where a search of the file does not see them."""
    content = zlib.compress(objects) if how == "/FlateDecode" else objects
    head = f"6 0 obj\n<< {more} /Type {kind} /N 1 /First 4 /Filter {how} /Length {len(content)} >>\nstream\n".encode()
    whole = pdf("x")
    at = whole.index(b"trailer")
    return whole[:at] + head + content + b"\nendstream\nendobj\n" + whole[at:]


SCRIPT_PACKED = packed(b"7 0 << /S /JavaScript /JS (app.alert(1)) >>")
SCRIPT_PACKED_ODDLY = packed(b"372030203c3c202f53202f4a617661536372697074203e3e>", "/ASCIIHexDecode")
SCRIPT_PACKED_AFTER_PARAMETERS = packed(
    b"7 0 << /S /JavaScript /JS (app.alert(1)) >>", more="/DecodeParms << /Predictor 1 >>"
)
SCRIPT_PACKED_UNDER_ANOTHER_NAME = packed(b"7 0 << /S /Java#53cript /JS (app.alert(1)) >>", kind="/#4fbjStm")
HARMLESS_PACKED = packed(b"7 0 << /Producer (somebody) >>")
BOMB = packed(b" " * (70 << 20))

LOCKED = _finished(
    pdf("x").split(b"%PDF-1.7\n")[1].split(b"trailer")[0]
    + b"8 0 obj\n<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>\nendobj\n",
    "/Encrypt 8 0 R /ID [<" + "43" * 16 + "> <" + "43" * 16 + ">]",
)  # fmt: skip


def _twice_twice_twice(depth: int) -> str:
    """Forms that each draw the next one twice."""
    made = [
        f"{100 + n} 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] /Length 12"
        f" /Resources << /XObject << /F {101 + n} 0 R >> >> >>\nstream\n/F Do /F Do \nendstream\nendobj\n"
        for n in range(depth)
    ]
    last = f"{100 + depth} 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] /Length 14 >>\n"
    return "".join(made) + last + "stream\n0 0 600 900 re f\nendstream\nendobj\n"


TIRING = (
    pdf("x", objects=_twice_twice_twice(28))
    .replace(b"<< /Font << /F1 3 0 R >> >>", b"<< /XObject << /F 100 0 R >> >>")
    .replace(b"BT /F1 48 Tf", b"/F Do BT")
)
"""A page that takes hours to draw."""
