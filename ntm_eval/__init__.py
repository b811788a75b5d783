"""Evaluation of the campaign "Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh".

Read the package in the order in which data flows:

1. `workspace`   where everything lives; before it `disk` (what the disk refuses), `characters`
                 (what can be shown), `spellings` (what was meant by what was typed) and `root`
                 (which folder all this is in)
2. `language`    what readers read, in Vietnamese or English
3. `cache`       tables cached beside the reports, fingerprints of what made them
4. `reference`   the facts of `data/reference/`, typed and checked
5. `units`       names and codes -> districts and communes
6. `notation`    how numbers, days and names are written
7. `intake`      what districts send -> facts and counts
8. `checks`      facts -> problems
9. `exchange`    what goes out to districts and what comes back
10. `analysis`   facts -> findings: trends, satisfaction, communes, scores
11. `review`     one review: every table once, by name; what the notebooks call
12. `reporting`  findings -> sections of texts, tables and figures; pages and documents of them
13. `running`    notebooks × districts -> outputs
14. `office`     a folder to work in, a new year, what is there, what is wrong
15. `cli`        `ntm-eval`, the command
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ntm_eval.review import open_review

__all__ = ["open_review"]


def __getattr__(name: str) -> Any:
    """`open_review`, loaded when it is asked for, so that the command starts without pandas."""
    if name in __all__:
        from ntm_eval import review

        return getattr(review, name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
