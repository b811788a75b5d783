"""Facts -> findings: series, trends, outlook, satisfaction, communes, scores, ranks, follow-up.

Tables in, tables out, a subject a module: what a figure did, how sure that is, what it is worth in
points, what could move it. A finding carries its doubt: an interval, a state, a certainty.
What it rests on are facts, reference data and the questions that `checks` raised. It does not know
files, pages or how a table is shown.
"""
