"""Where the rows of imports go: datasets, and the built-in tables of other rooms."""
