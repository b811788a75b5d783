"""Findings -> what people read.

In order: `wording`, `printed`, `style`, `charts`, `plans`, `grids`, `tables`, `site`.
"""
