"""The report on a workbook before anything is made of it."""
