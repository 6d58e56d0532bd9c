"""Workbooks of XML parts (.xlsx, .xlsm)."""
