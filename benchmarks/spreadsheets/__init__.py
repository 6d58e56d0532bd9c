"""The figures of workbooks: imports and exports beside the peers that people would use instead, on the same files."""
