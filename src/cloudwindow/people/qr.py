"""QR codes as pictures that a page can show at any size."""

from io import BytesIO

import segno


def qr_svg(text: str) -> str:
    """Draw a QR code (ISO/IEC 18004, level M) as an SVG document."""
    out = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True)  # as large as the page wants it
    return out.getvalue().decode()
