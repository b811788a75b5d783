"""Notebooks × districts -> outputs. Knows pages, not indicators.

`warm` papermill's engine of forked kernels, with `kernel`, `server` and `child`; `manifest`
what was made from what; `fresh` whether anything changed at all; `hold` one batch at a time; `plan`
which pages there are; `reads` what a page rests on; `page` one page made; `pace` which first, and
how long still; `batch` all of them; `identity` whether each is whose it says it is; `cluster`
more than one machine.
"""
