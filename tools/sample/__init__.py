"""The illustrative reports, and the truth planted in them.

`python -m tools.sample` writes them anew where the project keeps them; the package ships what
stands there and never makes them.
"""
