"""Findings -> what people read.

A report is a list of sections, a section a list of blocks. `blocks`: heading, text, table, figure;
`style`, `panels`: the one look of figures; `sections`: a module a subject, frames to blocks;
`district`, `province`: the sections that a report has; `reports`: which of them, in which order;
`html`, `docx`, `pdf`, `xlsx`, `appeal`: a writer a form; `site`, `changes`: pages that are no
report; `files`: what a report leaves on the disk. Nothing here reads what districts sent.
"""
