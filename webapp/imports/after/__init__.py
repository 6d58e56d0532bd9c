"""What follows an import: the workbook of its errors, the correction that comes back, its undoing."""
