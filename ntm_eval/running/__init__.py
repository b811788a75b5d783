"""Notebooks × districts -> outputs. Knows pages, not indicators.

`engine` what papermill runs notebooks by, `kernels` those that stay alive, `reset` what puts them
back, inside them; `manifest` what was made from what, and who is at work; `plan` which pages there
are, and whether anything changed at all; `page` one page made; `batch` all of them; `ending` and
`identity` the landing page, and whether each is whose it says it is; `cluster` more than one
machine; `command` what is said.
"""
