"""Notebooks × districts -> outputs. Knows pages, not indicators.

`engine` papermill's engine of kept kernels, and `reset` its other half inside them; `manifest`
what was made from what, and who is at work; `plan` which pages there are, and whether anything
changed at all; `page` one page made; `batch` all of them; `ending` and `identity` the landing page,
and whether each is whose it says it is; `cluster` more than one machine; `command` what is said.
"""
