"""Which columns of a workbook become which fields of a template."""
