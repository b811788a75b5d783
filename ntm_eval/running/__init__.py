"""Notebooks × districts -> outputs: `manifest`, `batch`. Knows pages, not indicators."""
