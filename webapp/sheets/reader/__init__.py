"""The process of its own that reads workbooks: what it does, what it may do, and how its parent talks to it."""
