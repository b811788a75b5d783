"""What goes out to districts and what comes back.

Out: `template` (the workbook), `xlsform`, `annotated_copy`, `query_letter`, `inspection_form`.
Back: `replies`, and what the office notes: `registers`, `assurance`. `compare` and `told`: what
differs between two versions; `editions`: what was issued. `layout`, `guide`, `paper`: how workbooks
and letters look. Knows nothing of points, trends or pages.
"""
