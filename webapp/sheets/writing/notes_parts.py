"""Notes on the cells of a sheet: the text of each, and the drawing that programs want beside it.

ECMA-376 part 1, 18.7 (comments), and part 4, 19.1 and 20.2 (the drawing, in VML). Both are written in a stream: memory
stays the same however many notes there are.
"""

from tempfile import SpooledTemporaryFile
from zipfile import ZipFile

from ..cells import column_letter
from .parts import DECLARATION, RELATIONS
from .styles import MAIN
from .texts import escaped

IN_MEMORY = 1 << 20
COMMENTS, DRAWING = "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"
WIDTH, HEIGHT = 240, 60
"""Of a note, in points."""
SHAPES = 1024
"""Numbers of shapes in a block; which blocks a drawing uses stands at its beginning."""
DRAWING_START = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%s"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/>'
    "</v:shapetype>"
)


class CellNotes:
    """The notes of the one sheet that has some, from the first to the last."""

    def __init__(self, author: str) -> None:
        self._texts, self._shapes = (SpooledTemporaryFile(IN_MEMORY) for _ in range(2))  # noqa: SIM115
        self._texts.write(
            f'{DECLARATION}<comments xmlns="{MAIN}"><authors><author>{escaped(author)}</author></authors>'
            "<commentList>".encode()
        )
        self._count = 0

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def add(self, row: int, column: int, text: str) -> None:
        """Adds the note of the cell in this row, from 1, and column, from 0. Rows come in order."""
        self._count += 1
        place = f"{column_letter(column)}{row}"
        self._texts.write(
            f'<comment ref="{place}" authorId="0"><text><r><t xml:space="preserve">{escaped(text)}</t></r></text>'
            "</comment>".encode()
        )
        self._shapes.write(
            f'<v:shape id="_x0000_s{SHAPES + self._count}" type="#_x0000_t202" fillcolor="#ffffe1" o:insetmode="auto" '
            f'style="position:absolute;width:{WIDTH}pt;height:{HEIGHT}pt;z-index:{self._count};visibility:hidden">'
            '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
            '<v:textbox><div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
            f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{_anchor(row, column)}</x:Anchor><x:AutoFill>False"
            f"</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>".encode()
        )

    def write_into(self, package: ZipFile, sheet: str) -> None:
        """Writes the parts, and ties them to the part of this name."""
        self._texts.write(b"</commentList></comments>")
        self._shapes.write(b"</xml>")
        blocks = ",".join(map(str, range(1, 2 + self._count // SHAPES)))
        for part, start, written in ((COMMENTS, "", self._texts), (DRAWING, DRAWING_START % blocks, self._shapes)):
            written.seek(0)
            with package.open(part, "w") as target:
                target.write(start.encode())
                while chunk := written.read(IN_MEMORY):
                    target.write(chunk)
        folder, _, name = sheet.rpartition("/")
        package.writestr(
            f"{folder}/_rels/{name}.rels",
            f'{DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{RELATIONS}/vmlDrawing" Target="/{DRAWING}"/>'
            f'<Relationship Id="rId2" Type="{RELATIONS}/comments" Target="/{COMMENTS}"/></Relationships>',
        )

    def close(self) -> None:
        """Lets go of what was gathered."""
        self._texts.close()
        self._shapes.close()


def _anchor(row: int, column: int) -> str:
    """Where the note opens: to the right of its cell. Column, offset, row, offset of two corners."""
    return f"{column + 1},15,{max(0, row - 2)},10,{column + 4},15,{row + 2},4"
