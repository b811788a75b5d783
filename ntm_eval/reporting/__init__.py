"""Findings -> what people read.

In order: `wording`, `printed`, `canvas`, `charts`, `plans`, `grids`, `tables`, `site`.
"""
