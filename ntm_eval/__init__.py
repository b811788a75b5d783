"""Evaluation of the campaign "Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh".

Read the package in the order in which data flows:

1. `workspace`   where everything lives
2. `prints`      what files and things are known by
3. `language`    what readers read, in Vietnamese or English
4. `reference`   the facts of `data/reference/`, typed and checked
5. `units`       names and codes -> districts and communes
6. `notation`    how numbers, days and names are written
7. `intake`      what districts send -> facts and problems
8. `analysis`    facts -> findings: trends, satisfaction, communes, scores
9. `reporting`   findings -> sentences, pictures, tables, pages
10. `kept`        tables kept beside the reports, and what made them
11. `inbox`       everything received up to a review
12. `dossier`     one district's reports, cleaned
13. `review`      one review: each table made once; what the notebooks call
14. `standing`    where a review leaves a district: next grade, appeal, decisions, follow-up
15. `documents`   a review as files to sign, to archive and to pass on
16. `running`     notebooks × districts -> outputs
17. `office`      a folder to work in, a new year, what is there, what is wrong
18. `sample`      illustrative reports with known truth in them
19. `cli`         `ntm-eval`, the command
"""
