"""Findings -> what people read: `wording`, `charts`, `tables`, `site`."""
