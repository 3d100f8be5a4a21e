"""An address as a square code, for paper and for phones."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str, *, title: str, scale: int = 3, css: str = "app-code") -> SafeString:
    """Draw an address as SVG with a title."""
    drawn = segno.make(address, error="m").svg_inline(
        scale=scale, svgclass=css, lineclass=None, omitsize=True, title=title
    )
    return mark_safe(drawn)  # noqa: S308 - drawn by segno, which escapes the title
