"""Evaluation of the campaign "Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh".

Read the package in the order in which data flows:

1. `workspace`   where everything lives
2. `reference`   the facts of `data/reference/`, typed and checked
3. `units`       names and codes -> districts and communes
4. `intake`      what districts send -> facts and problems
5. `analysis`    facts -> findings: trends, satisfaction, communes, scores
6. `reporting`   findings -> sentences, pictures, tables, pages
7. `review`      one review: each table made once and kept; what the notebooks call
8. `running`     notebooks × districts -> outputs
9. `sample`      illustrative reports with known truth in them
10. `cli`        `ntm-eval`, the command
"""
