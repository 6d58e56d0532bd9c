"""Texts compared as people compare them."""

import unicodedata

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def folded(text: str) -> str:
    """The text without what people do not see as a difference: case, width, spaces, line breaks."""
    visible = unicodedata.normalize("NFKC", text).translate(INVISIBLE)
    return " ".join(visible.split()).casefold()
