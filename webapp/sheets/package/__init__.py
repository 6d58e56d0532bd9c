"""The zip container of most workbooks, and the parts in it, read with suspicion."""
