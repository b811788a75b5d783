"""Every kind of mix-up between reports is found and named, and what is no mix-up is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import tiny

from ntm_eval import units
from ntm_eval.cache import sha256
from ntm_eval.review import Review, sums
from ntm_eval.running import identity
from ntm_eval.running.manifest import Entry

A, B = "sop-cop", "van-ho"
VALUES = {A: 111, B: 222}
MANY, FEW = range(100, 100 + identity.FIGURES), range(100, 100 + identity.FIGURES - 1)


def table(figures) -> str:
    return "<table>" + "".join(f"<td>{f}</td>" for f in figures) + "</table>"


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    """Two reports received, and cleaned once for all tests."""
    root = tmp_path_factory.mktemp("identity")
    for slug, value in VALUES.items():
        tiny.send(root, slug, value)
    assert len(Review(tiny.space(root)).facts)  # made and kept
    return root


class Batch:
    """Two sound pages, of which a test changes what it likes."""

    def __init__(self, root: Path):
        self.space, self.review = tiny.space(root), Review(tiny.space(root))
        self.entries = {slug: self.put(slug) for slug in (A, B)}
        self.review.facts.drop(columns="original", errors="ignore").to_parquet(
            self.space.table("facts")
        )

    def put(self, slug: str, **shows) -> Entry:
        """The page of a district, sound but for what is given."""
        name = units.district(slug).name
        file = self.space.received(2022, "annual") / f"{slug}.xlsx"
        sound = {
            "given": slug,
            "title": f"Số liệu – {name}, năm 2022",
            "opening": f"{name}, năm 2022.",
            "prints": [sha256(file)[:12]],
            "picture": f"hình {slug}",
            "tables": [table([units.district(slug).code, *MANY])],
            "folder": slug,
            "parameter": slug,
            "about": {"image/png": {"tables": ["facts"]}},
        }
        show = sound | shows
        files = "".join(f'<td class="code">{p}</td>' for p in show["prints"])
        outputs = [
            {"data": {"text/html": f"<p>{show['opening']}</p>"}},
            {"data": {"image/png": show["picture"]}, "metadata": show["about"]},
            *({"data": {"text/html": t}} for t in show["tables"]),
            {"data": {"text/html": f"<table>{files}</table>"}},
        ]
        cells = [
            {
                "cell_type": "code",
                "metadata": {"tags": ["injected-parameters"]},
                "source": f"# Parameters\ndistrict = {show['given']!r}\nyear = 2022\n",
            },
            {"cell_type": "code", "metadata": {}, "source": "here = district"},
            {
                "cell_type": "code",
                "metadata": {},
                "source": "show(here)",
                "outputs": outputs,
            },
        ]
        folder = self.space.pages(show["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "01_clean.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
        html = f"<title>{show['title']}</title>"
        (folder / "01_clean.html").write_text(html, encoding="utf-8")
        paths = [f"districts/{show['folder']}/01_clean.{kind}" for kind in ("ipynb", "html")]
        parameters = {"district": show["parameter"], "year": 2022}
        return Entry("01_clean", slug, parameters, "done", "", 1.0, {}, dict.fromkeys(paths, ""))

    def change(self, slug: str, **shows) -> None:
        self.entries[slug] = self.put(slug, **shows)

    def problems(self) -> list[str]:
        return identity.problems(self.space, list(self.entries.values()), self.review)


@pytest.fixture
def pages(reports) -> Batch:
    return Batch(reports)


def test_sound_reports_have_no_problem(pages):
    assert pages.problems() == []


@pytest.mark.parametrize(
    ("shows", "says"),
    [
        ({"parameter": B}, "tham số trong manifest.json lại là van-ho"),
        ({"given": B}, "tham số trong sổ tay lại là van-ho"),
        ({"given": "thuan-chau"}, "tham số trong sổ tay lại là thuan-chau"),
        ({"folder": "mai-son"}, "thư mục lại là mai-son"),
        ({"title": "Số liệu – Huyện Vân Hồ, năm 2022"}, "tiêu đề lại ghi Huyện Vân Hồ"),
        ({"title": "Số liệu"}, "tiêu đề lại ghi 'Số liệu'"),
        ({"opening": "Huyện Vân Hồ, năm 2022."}, "câu mở đầu lại ghi Huyện Vân Hồ"),
    ],
)
def test_a_report_that_names_another_district_is_named(pages, shows, says):
    pages.change(A, **shows)
    (said,) = pages.problems()
    assert said == f"Huyện Sốp Cộp, 01_clean: {says}."


def test_a_report_made_from_another_districts_file_is_named(pages):
    theirs = pages.space.received(2022, "annual") / f"{B}.xlsx"
    pages.change(A, prints=[sha256(theirs)[:12]])
    (said,) = pages.problems()
    assert said == "Huyện Sốp Cộp, 01_clean: số liệu lấy từ tệp của Huyện Vân Hồ."


@pytest.mark.parametrize(
    ("shows", "what"),
    [({"picture": f"hình {B}"}, "hình"), ({"tables": [table(["128", *MANY])]}, "bảng")],
)
def test_a_picture_or_table_in_two_districts_reports_is_named_with_both(pages, shows, what):
    pages.change(A, **shows)
    (said,) = pages.problems()
    assert said == f"Huyện Sốp Cộp, 01_clean và Huyện Vân Hồ, 01_clean: cùng một {what}."


def test_a_table_of_few_figures_may_be_the_same(pages):
    for slug in (A, B):
        pages.change(slug, tables=[table(FEW)])
    assert pages.problems() == []


@pytest.mark.parametrize(("common", "found"), [(True, 0), (False, 1)])
def test_the_same_picture_may_be_of_what_is_common_to_all(pages, common, found):
    for slug in (A, B):
        pages.change(slug, picture="giống nhau", about={"image/png": {"common": common}})
    assert len(pages.problems()) == found


def test_a_page_that_was_not_made_is_not_judged(pages):
    pages.change(A, title="Huyện Vân Hồ")
    pages.entries[A] = replace(pages.entries[A], state="failed")
    assert pages.problems() == []


# the districts and the province


def save(pages: Batch, change) -> None:
    path = pages.space.table("facts")
    facts = pd.read_parquet(path)
    change(facts).to_parquet(path)


def planted(facts: pd.DataFrame, code: str = "127") -> pd.Series:
    mine = (facts["district_code"] == code) & (facts["indicator"] == "C1-01")
    return mine & (facts["measure"] == "actual")


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.assign(value=f["value"].mask(planted(f), 112)),
        lambda f: f.assign(value=f["value"].mask(planted(f))),
        lambda f: f[~planted(f)],
        lambda f: pd.concat([f, f[planted(f)]]),
    ],
    ids=["changed", "blanked", "lost", "twice"],
)
def test_a_fact_that_is_not_the_districts_own_is_named(pages, change):
    save(pages, change)
    said = pages.problems()
    assert said[0] == "Huyện Sốp Cộp: C1-01 trong facts.csv khác báo cáo của huyện."
    assert all("Vân Hồ" not in line for line in said)


def test_a_district_counted_as_another_is_named_with_both(pages):
    def swap(facts):
        codes = facts["district_code"].replace({"127": "128", "128": "127"})
        return facts.assign(district_code=codes)

    save(pages, swap)
    said = pages.problems()
    assert "Huyện Sốp Cộp: C1-01 trong facts.csv khác báo cáo của huyện." in said
    assert "Huyện Vân Hồ: C1-01 trong facts.csv khác báo cáo của huyện." in said


def test_a_total_that_is_not_the_districts_sum_is_named(pages, monkeypatch):
    totals = sums.province.totals

    def wrong(facts, series, year):
        found = totals(facts, series, year)
        actual = found["actual"].mask(found["indicator"] == "C1-01", 334)
        return found.assign(actual=actual)

    monkeypatch.setattr(sums.province, "totals", wrong)
    assert pages.problems() == ["Tỉnh Sơn La: C1-01 không bằng tổng của các huyện, thành phố."]
