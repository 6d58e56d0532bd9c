"""Why a workbook cannot be taken, each reason with its sentence for the person who sent it.

The docstring of a refusal is its sentence; names in braces are filled with the facts given when it is raised.
"""

from typing import ClassVar


class WorkbookRefused(Exception):
    """The workbook cannot be read."""

    worth_retrying: ClassVar[bool] = False
    """True where the same file may well be read the next time, because the reading was stopped from outside."""

    def __init__(self, **facts: str | int) -> None:
        self.facts = facts
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """What is wrong, where, and what to do, on one line."""
        template = " ".join((type(self).__doc__ or "").split())
        return template.format(**self.facts)


# What the file is instead


class EmptyFile(WorkbookRefused):
    """The file is empty. Choose the workbook again, or save it again in Excel and upload that."""


class OldWorkbook(WorkbookRefused):
    """This is a workbook of Excel 4 or older. Open it in Excel, save it as .xlsx, and upload that."""


class WebPage(WorkbookRefused):
    """This is a web page (HTML) with the name of a workbook. Open it in Excel, save it as .xlsx, and upload that."""


class XmlSpreadsheet(WorkbookRefused):
    """This is an XML spreadsheet of Excel 2003. Open it in Excel, save it as .xlsx, and upload that."""


class PasswordProtected(WorkbookRefused):
    """The workbook is password-protected. Open it in Excel, save it without a password, and upload that."""


class NotAWorkbook(WorkbookRefused):
    """This is {what}, not a workbook. Put the data into a workbook, save it as .xlsx, and upload that."""


# What is wrong with the workbook


class CutOff(WorkbookRefused):
    """The workbook is cut off: its end is missing. Save it again, wait until the saving is done, and upload that."""


class WorkbookDamaged(WorkbookRefused):
    """The workbook is damaged: {detail}. Open it in Excel, save it again, and upload that."""


class DocumentTypeInside(WorkbookRefused):
    """The workbook holds a document type declaration (in {part}), which no workbook needs and which can do harm.
    Open it in Excel, save it again, and upload that."""


class TextCannotBeDecoded(WorkbookRefused):
    """The text of the file is not written in {encoding} throughout, as its beginning says. Save it again as CSV UTF-8,
    and upload that."""


class TextCellTooLong(WorkbookRefused):
    """A cell in row {row} of the file is longer than the {limit} characters that are allowed: most often a quotation
    mark has no partner. Correct that row and upload the file again."""


class StoredOutOfOrder(WorkbookRefused):
    """The rows of sheet “{sheet}” are not stored in order, so that they cannot be told apart for sure.
    Open the workbook in Excel, save it again, and upload that."""


# What is too much


class FileTooLarge(WorkbookRefused):
    """The file is {megabytes} MB large; {limit} MB are allowed. Split the workbook into several."""


class TooManyParts(WorkbookRefused):
    """The workbook consists of more than {limit} parts. Copy the sheet that you need into a new workbook."""


class InflatesTooFar(WorkbookRefused):
    """The workbook grows beyond {limit} MB when it is unpacked. Copy the cells that you need into a new workbook."""


class PackedTooTightly(WorkbookRefused):
    """A part of the workbook becomes more than {ratio} times larger when it is unpacked, which no ordinary one does.
    Copy the cells that you need into a new workbook."""


class TooManyRows(WorkbookRefused):
    """Sheet “{sheet}” has {rows} rows; {limit} are allowed. Split it into several workbooks."""


class TooManyColumns(WorkbookRefused):
    """The header of sheet “{sheet}” is wider than {limit} columns. Remove the columns that are not needed."""


class HiddenRowsUnnumbered(WorkbookRefused):
    """Some hidden rows of sheet “{sheet}” have no number, so that they cannot be left out for sure. Open the workbook
    in Excel, save it again, and upload that; or include hidden rows."""


class CellTooLong(WorkbookRefused):
    """Cell {address} holds {characters} characters; {limit} are allowed. Shorten it and upload the workbook again."""


class NeedsTooMuchMemory(WorkbookRefused):
    """Reading the workbook needs more memory than is allowed. Copy the cells that you need into a new workbook, or
    split it into several."""


class TakesTooLong(WorkbookRefused):
    """Reading the workbook takes longer than is allowed. Copy the cells that you need into a new workbook, or split it
    into several."""


# What cannot be found


class NoSheetWithCells(WorkbookRefused):
    """No visible sheet of the workbook holds any cells. Fill or unhide the sheet with the data, and upload it again."""


class SheetMissing(WorkbookRefused):
    """The workbook has no visible sheet “{sheet}”. It has: {sheets}. Choose one of them or rename the sheet."""


class HeaderMissing(WorkbookRefused):
    """No header was found in the first rows of sheet “{sheet}”. Put the names of the columns into one row above the
    data."""


class HeaderBlank(WorkbookRefused):
    """Row {row} of sheet “{sheet}” holds no names of columns. Choose the row that does."""


class ColumnsMissing(WorkbookRefused):
    """The header in row {row} of sheet “{sheet}” lacks: {headers}. Add what is missing or choose another header row."""


class ColumnsRepeated(WorkbookRefused):
    """The header in row {row} of sheet “{sheet}” has more than one column named: {headers}. Give each its own name."""


class MappingUnfit(WorkbookRefused):
    """The header in row {row} of sheet “{sheet}” was matched with the template in a way that does not fit: {detail}.
    Match them again."""


class ColumnMakesNoSense(WorkbookRefused):
    """The template’s column “{header}” makes no sense. {detail} Correct the template."""


# What happened to the reading process


class ReadingStopped(WorkbookRefused):
    """Reading the workbook was stopped from outside before its end. Try again; nothing is wrong with the file."""

    worth_retrying = True


class ReadingFailed(WorkbookRefused):
    """The workbook cannot be read: it is built in a way that its reader does not understand. Open it in Excel, save it
    again as .xlsx, and upload that."""


def refusal_named(name: str, facts: dict[str, str | int]) -> WorkbookRefused:
    """The refusal of that class name, as it came over from the reading process; a nameless one if it is unknown."""
    known = {kind.__name__: kind for kind in WorkbookRefused.__subclasses__()}
    try:
        return known[name](**facts)
    except (KeyError, IndexError, ValueError):
        return ReadingFailed()
