"""Cells made into values: columns, their types and rules, and how they find their places in a sheet."""
