"""Notebooks × districts -> outputs: `warm`, `manifest`, `batch`. Knows pages, not indicators."""
