"""Evaluation of the campaign "Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh".

Read the package in the order in which data flows:

1. `workspace`   where everything lives
2. `reference`   the facts of `data/reference/`, typed and checked
3. `units`       names and codes -> districts and communes
4. `intake`      what districts send -> facts and problems
5. `analysis`    facts -> findings: trends, satisfaction, communes, scores
6. `reporting`   findings -> sentences, pictures, tables, pages
7. `kept`        tables kept beside the reports, and what made them
8. `inbox`       everything received up to a review
9. `dossier`     one district's reports, cleaned
10. `review`     one review: each table made once; what the notebooks call
11. `standing`   where a review leaves a district: next grade, appeal, decisions, follow-up
12. `running`    notebooks × districts -> outputs
13. `sample`     illustrative reports with known truth in them
14. `cli`        `ntm-eval`, the command
"""
