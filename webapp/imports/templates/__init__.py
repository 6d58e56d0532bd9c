"""Import templates: what workbooks of one kind become, as people define, edit and delete it."""
