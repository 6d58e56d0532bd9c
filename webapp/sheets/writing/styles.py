"""How cells look: the stylesheet of a workbook, and the places of its formats in it."""

from enum import IntEnum
from xml.sax.saxutils import quoteattr


class Style(IntEnum):
    """The places of the formats in `cellXfs`, as cells name them."""

    GENERAL = 0
    HEADER = 1
    TEXT = 2
    QUOTED = 3
    """A text that looks like a formula: it stays a text when somebody edits its cell."""
    INTEGER = 4
    PERCENT = 5
    DATE = 6
    DATETIME = 7
    TIME = 8
    DURATION = 9
    WRAPPED = 10
    """A text on as many lines as it needs."""


NUMBERS = {"integer": Style.INTEGER, "percent": Style.PERCENT}
"""How numbers of a column's type look; those of others are shown as they are."""
AS_TEXT, WHOLE, PER_CENT, FIRST_OWN = 49, 1, 10, 164
"""Numbers of formats that every workbook has, and of the first that one may define (ECMA-376 part 1, 18.8.30)."""
OWN = ("yyyy\\-mm\\-dd", "yyyy\\-mm\\-dd\\ hh:mm:ss", "hh:mm:ss", "[h]:mm:ss")
FORMATS = {
    Style.WRAPPED: AS_TEXT,
    Style.TEXT: AS_TEXT,
    Style.QUOTED: AS_TEXT,
    Style.INTEGER: WHOLE,
    Style.PERCENT: PER_CENT,
    Style.DATE: FIRST_OWN,
    Style.DATETIME: FIRST_OWN + 1,
    Style.TIME: FIRST_OWN + 2,
    Style.DURATION: FIRST_OWN + 3,
}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def marked(style: int) -> int:
    """The place of the same format on the ground of cells that are marked."""
    return style + len(Style)


def stylesheet() -> str:
    """The part `xl/styles.xml`."""
    own = "".join(f'<numFmt numFmtId="{FIRST_OWN + at}" formatCode={quoteattr(code)}/>' for at, code in enumerate(OWN))
    formats = "".join([*map(_format, Style), *map(_marked_format, Style)])
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(OWN)}">{own}</numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
        '<fills count="4"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EDF2"/></patternFill></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFFFD9D0"/></patternFill></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{2 * len(Style)}">{formats}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _format(style: Style) -> str:
    look = 'fontId="1" fillId="2" applyFont="1" applyFill="1"' if style is Style.HEADER else 'fontId="0" fillId="0"'
    return _xf(style, look)


def _marked_format(style: Style) -> str:
    return _xf(style, 'fontId="0" fillId="3" applyFill="1"')


def _xf(style: Style, look: str) -> str:
    quoted = ' quotePrefix="1"' if style is Style.QUOTED else ""
    number = FORMATS.get(style, AS_TEXT if style is Style.HEADER else 0)
    start = f'<xf numFmtId="{number}" {look} borderId="0" xfId="0" applyNumberFormat="1"{quoted}'
    wrapped = ' wrapText="1"' if style is Style.WRAPPED else ""
    # In a row with a text of several lines, all cells begin at its top.
    return f'{start} applyAlignment="1"><alignment vertical="top"{wrapped}/></xf>'
