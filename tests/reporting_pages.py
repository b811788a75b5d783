"""Pages, and the tables and links of a landing page, with the cases that they must bear."""

from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

from ntm_eval import units
from ntm_eval.reporting import site

NAN = float("nan")
HOSTILE = '"><script>alert("a & b")</script><img src=x onerror=alert(1)>'


def register(**changes):
    """Twelve reports on time; `changes` by slug with '_' for '-'."""
    rows = [
        {
            "district_code": d.code,
            "district": d.short,
            "status": "on_time",
            "received": pd.Timestamp(2022, 12, 1),
            "due": pd.Timestamp(2022, 12, 5),
            "days_late": 0.0,
            "cut_off": pd.Timestamp(2022, 11, 30),
            "file": "bc.xlsx",
            "cells_expected": 82.0,
            "cells_filled": 80.0,
            "errors": 0,
            "warnings": 3,
        }
        | changes.get(d.slug.replace("-", "_"), {})
        for d in units.districts()
    ]
    return pd.DataFrame(rows)


MISSING = {
    "status": "missing",
    "received": pd.NaT,
    "days_late": NAN,
    "cut_off": pd.NaT,
    "file": pd.NA,
    "cells_filled": 0.0,
}
UNRANKED = {
    "points": NAN,
    "grade": "chưa đủ căn cứ",
    "rank": NAN,
    "rank_low": NAN,
    "rank_high": NAN,
    "points_low": NAN,
    "points_high": NAN,
    "self_score": NAN,
}


def ranking(**changes):
    """Twelve places in the order of the codes."""
    rows = [
        {
            "district_code": d.code,
            "points": 95.25 - n,
            "grade": "tốt",
            "rank": n + 1.0,
            "rank_low": n + 1.0,
            "rank_high": n + 1.0,
            "points_low": 95.0 - n,
            "points_high": 95.5 - n,
            "self_score": 88.0,
            "grade_low": "tốt",
            "grade_high": "tốt",
            "group": n + 1.0,
            "held_points": 0.0,
        }
        | changes.get(d.slug.replace("-", "_"), {})
        for n, d in enumerate(units.districts())
    ]
    return pd.DataFrame(rows)


FILES = site.DISTRICT_PAGES + site.FILES


def all_links():
    links = {
        d.slug: {label: f"districts/{d.slug}/{file}" for label, file in FILES}
        for d in units.districts()
    }
    there = site.PROVINCE_PAGES + site.PROVINCE_FILES + site.DATA_FILES
    return links | {site.PROVINCE: {label: f"./{file}" for label, file in there}}


def index(
    reports=None,
    ranks=None,
    links=None,
    *,
    period="annual",
    failures=(),
    notes=(),
    illustrative=False,
    boundaries=Path("không có.geojson"),
):
    return site.index(
        register() if reports is None else reports,
        ranking() if ranks is None else ranks,
        all_links() if links is None else links,
        year=2022,
        period=period,
        failures=list(failures),
        notes=notes,
        illustrative=illustrative,
        boundaries=boundaries,
    )


VOID = {"meta", "img", "br", "hr", "link", "input"}


class Parsed(HTMLParser):
    """A page's elements and its words; refuses tags that do not close as they opened."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words, self.open, self.scripts = [], "", [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "script" in self.open:
            self.scripts.append(data)
        elif "style" not in self.open:
            self.words += data

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    def hrefs(self):
        return [a["href"] for a in self.all("a")]
