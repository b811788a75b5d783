"""What goes out to districts and what comes back.

Out: `template` (the workbook), `xlsform`, `annotated_copy`, `query_letter`. Back: `replies`,
`decisions`, `followup`. `compare` and `told`: what differs between two versions. `layout`, `guide`,
`paper`: how workbooks and letters look. Knows nothing of points, trends or pages.
"""
