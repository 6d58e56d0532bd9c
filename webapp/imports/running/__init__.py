"""An import under way: rows are examined and put into a target, batch by batch."""
