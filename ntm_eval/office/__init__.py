"""The daily work around a review: a folder to work in, a new year, what is there, what is wrong.

Its commands (`init`, `new-year`, `status`, `inspect`, `doctor`, `lab`, `indicators`) and the
launcher page `00_start` say what an office has to do next and begin it: who has not reported, what
waits for an answer, which pages are stale, whether the machine is ready.
It does not know how a figure is found or a page is made: it asks `review` and `running`.
"""
