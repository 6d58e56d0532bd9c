"""Contrast of every pair of tokens that the style sheets put together, in light and in dark.

The thresholds are WCAG 2.2's: 4.5 for text (1.4.3), 3 for parts of controls, focus rings and bars (1.4.11).
"""

import re

import pytest

from webapp.web.assets import STATIC

TEXT, PART = 4.5, 3.0
SURFACES = ("ground", "paper", "sunken")
STATUSES = ("pending", "processing", "completed", "failed", "cancelled")
THEMES = ("light", "dark")

PAIRS = [
    *((ink, surface, TEXT) for ink in ("ink", "soft", "accent", "accent-strong", "failed") for surface in SURFACES),
    *((status, surface, TEXT) for status in STATUSES for surface in ("ground", "paper")),
    *((ink, surface, TEXT) for ink in ("ink", "failed") for surface in ("failed-soft", "completed-soft")),
    *((ink, "accent-soft", TEXT) for ink in ("ink", "accent-strong")),
    *(("on-accent", surface, TEXT) for surface in ("accent", "accent-strong")),
    *(("on-top", surface, TEXT) for surface in ("top", "top-raised")),
    *(("edge", surface, PART) for surface in ("ground", "paper")),
    *(("focus", surface, PART) for surface in (*SURFACES, "failed-soft")),
    *((status, "sunken", PART) for status in STATUSES),
    ("accent", "ground", PART),
    ("failed", "failed-soft", PART),
    ("completed", "completed-soft", PART),
]


def tokens() -> dict[str, dict[str, str]]:
    light, dark = (STATIC / "css" / "tokens.css").read_text().split("@media (prefers-color-scheme: dark)")
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    return {"light": colours[0], "dark": colours[0] | colours[1]}


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_contrast_that_the_standard_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_two_colours_that_meet_can_be_told_apart(theme, front, back, least):
    colours = tokens()[theme]
    assert contrast(colours[front], colours[back]) >= least


def test_every_colour_is_part_of_a_pair():
    paired = {name for front, back, _ in PAIRS for name in (front, back)}
    decoration = {"line"}
    assert set(tokens()["light"]) == paired | decoration


def test_the_dark_theme_says_every_colour_anew():
    light, dark = (part for part in (STATIC / "css" / "tokens.css").read_text().split("@media"))
    names = [set(re.findall(r"--([\w-]+): #", part)) for part in (light, dark)]
    assert names[0] == names[1]


def test_no_style_sheet_but_the_tokens_names_a_colour():
    for sheet in (STATIC / "css").glob("*.css"):
        if sheet.name != "tokens.css":
            assert not re.search(r"#[0-9a-f]{3,8}\b(?=[^{]*;)|\brgb\(|\bhsl\(", sheet.read_text()), sheet.name


def test_every_token_that_is_used_exists():
    text = "".join(sheet.read_text() for sheet in (STATIC / "css").glob("*.css"))
    assert set(re.findall(r"var\(--([\w-]+)", text)) == set(re.findall(r"--([\w-]+):", text))
