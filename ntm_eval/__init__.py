"""Evaluation of the campaign "Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh".

Read the package in the order in which data flows:

1. `workspace`   where everything lives; before it `disk` (what the disk refuses) and `characters`
                 (what can be shown)
2. `language`    what readers read, in Vietnamese or English
3. `cache`       tables cached beside the reports, fingerprints of what made them
4. `reference`   the facts of `data/reference/`, typed and checked
5. `units`       names and codes -> districts and communes
6. `notation`    how numbers, days and names are written
7. `intake`      what districts send -> facts and problems
8. `analysis`    facts -> findings: trends, satisfaction, communes, scores
9. `reporting`   findings -> sentences, pictures, tables, pages
10. `inbox`       everything received up to a review
11. `dossier`     one district's reports, cleaned
12. `review`      one review: each table made once; what the notebooks call
13. `standing`    where a review leaves a district: next grade, appeal, decisions, follow-up
14. `documents`   a review as files to sign, to archive and to pass on
15. `running`     notebooks × districts -> outputs
16. `office`      a folder to work in, a new year, what is there, what is wrong
17. `cli`         `ntm-eval`, the command
"""
