"""The columns of a template."""

from dataclasses import dataclass

from webapp.sheets import Column


@dataclass(frozen=True, slots=True)
class TemplateColumn(Column):
    """A column of a template. Those of the `key` tell together which row of the target a row of a workbook is."""

    key: bool = False
