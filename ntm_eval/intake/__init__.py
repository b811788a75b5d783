"""What districts send -> facts and counts, as the data flows.

`files`: limits, and what lies in a folder; `spreadsheets` and `marks`, `word`, `delimited`: a file
of any kind -> sheets of raw cells, within bounds; `workbook`, `headers`, `labels`, `totals`: cells
found by the texts beside them; `spelling`, `names`, `values`: what was typed -> text, unit, number,
day, mark; `reading`, `clean`: cells -> facts, each owed cell once; `exports`, `survey`, `tallies`:
household forms -> counts without names; `received`: whose report a file is, and which one counts.
Knows nothing of what is right or wrong about a figure.
"""
