"""Evaluation of the campaign "Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh".

Read the package in the order in which data flows:

1. `workspace`   where everything lives
2. `prints`      what files and things are known by
3. `reference`   the facts of `data/reference/`, typed and checked
4. `units`       names and codes -> districts and communes
5. `intake`      what districts send -> facts and problems
6. `analysis`    facts -> findings: trends, satisfaction, communes, scores
7. `reporting`   findings -> sentences, pictures, tables, pages
8. `kept`        tables kept beside the reports, and what made them
9. `inbox`       everything received up to a review
10. `dossier`     one district's reports, cleaned
11. `review`     one review: each table made once; what the notebooks call
12. `standing`   where a review leaves a district: next grade, appeal, decisions, follow-up
13. `documents`   a review as files to sign, to archive and to pass on
14. `running`    notebooks × districts -> outputs
15. `office`     a folder to work in, a new year, what is there, what is wrong
16. `sample`     illustrative reports with known truth in them
17. `cli`        `ntm-eval`, the command
"""
