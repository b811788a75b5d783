"""The landing page over all reviews of a folder of outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from ntm_eval import notation
from ntm_eval.reporting.printed import Column, show
from ntm_eval.reporting.site import SHELL
from ntm_eval.workspace import LANGUAGES, VIETNAMESE


def page(reviews: Iterable[Mapping]) -> str:
    """The reviews by year, the latest first.

    Each is the manifest of a review: `folder`, `year`, `period`, `lang`, `complete`, `pages`.
    """
    rows = sorted(reviews, key=lambda r: (r["year"], r["period"] == "annual"), reverse=True)
    frame = pd.DataFrame(
        {
            "review": [_name(r) for r in rows],
            "state": ["✓ đủ các trang" if r.get("complete") else "! chưa đủ" for r in rows],
            "done": [sum(p["state"] == "done" for p in r["pages"]) for r in rows],
            "stopped": [sum(p["state"] != "done" for p in r["pages"]) for r in rows],
        }
    )
    columns = {
        "review": Column("Kỳ đánh giá"), "state": Column("Tình trạng"),
        "done": Column("Trang đã lập", notation.number, css="num"),
        "stopped": Column("Trang dừng", notation.number, css="num"),
    }  # fmt: skip
    table = show(frame, columns, "Các kỳ đã lập", "Chưa có kỳ nào.")
    links = [(name, f"{r['folder']}/index.html")
             for name, r in zip(frame["review"], rows, strict=True)]  # fmt: skip
    return SHELL.get_template("overview.html.j2").render(
        title="Đánh giá Cuộc vận động, tỉnh Sơn La: các kỳ",
        crumbs=[], illustrative=False, links=links, table=table,
    )  # fmt: skip


def _name(review: Mapping) -> str:
    name = notation.when(review["year"], review["period"])
    lang = review.get("lang", VIETNAMESE)
    return name if lang == VIETNAMESE else f"{name} ({LANGUAGES[lang]})"
