"""Where a review leaves a district, from a few small reports and what the office typed."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ntm_eval import units
from ntm_eval.exchange import template as forms
from ntm_eval.reporting import files
from ntm_eval.review import open_review

SOP_COP, SON_LA = "127", "116"
CELLS = {"C1-01": 10, "C2-06": 20, "C3-01": 30, "C4-01": 40, "C5-01": 50, "C6-01": 60}
RECOMMENDED = "Đề nghị tỉnh hỗ trợ xóa nhà tạm cho hộ nghèo."


def send(data, year, slug, words="", **done):
    """A report whose plan is CELLS and whose result is that, or what is given."""
    figures = {(i, "plan"): value for i, value in CELLS.items()}
    figures |= {(i, "actual"): done.get(i.replace("-", "_"), value) for i, value in CELLS.items()}
    figures[("C1-16", "actual")] = year - 2000
    communes = {
        c.code: {
            "commune": c.name,
            "kind": c.kind,
            "title": "NTM",
            "TC10": "C",
            **{f"TC{n}": "Đ" for n in range(1, 20) if n != 10 or year < 2022},
        }
        for c in units.communes(units.district(slug).code, units.day(year, "annual"))
        if c.kind == "xã"
    }
    info = {"sent": f"01/12/{year}", "recommendations": words}
    content = replace(forms.EMPTY, info=info, figures=figures, communes=communes)
    folder = data / str(year) / "annual"
    folder.mkdir(parents=True, exist_ok=True)
    forms.write_workbook(folder / f"{slug}.xlsx", units.district(slug), year, "annual", content)


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    root = tmp_path_factory.mktemp("standing")
    data = root / "data"
    for year, done in ((2019, 5), (2020, 6), (2021, 7), (2022, 3)):
        send(data, year, "sop-cop", RECOMMENDED, C1_01=done)
    send(data, 2022, "son-la")
    (data / "2022" / "annual" / "decisions.csv").write_text(
        "district,grade,reason,decided_by,date\nSốp Cộp,tốt,Địa bàn khó khăn,Hội đồng,\n",
        encoding="utf-8",
    )
    (data / "2022" / "followup.csv").write_text(
        "district,indicator,recommendation,unit,status,note\n"
        "Sốp Cộp,C1-01,Họp dân nhiều hơn,MTTQ huyện,đang làm,\n",
        encoding="utf-8",
    )
    return open_review(2022, "annual", str(data), str(root / "out"))


def of(table, code=SOP_COP):
    return table[table["district_code"] == code].reset_index(drop=True)


def test_what_the_council_typed_is_read_and_changes_no_proposal(review):
    found = review.decided
    assert found[["district_code", "grade", "reason"]].to_numpy().tolist() == [
        [SOP_COP, "tốt", "Địa bàn khó khăn"]
    ]
    assert of(review.ranking)["grade"].iloc[0] != "tốt"


def test_the_next_grade_rests_on_the_district_s_own_past(review):
    way = review.district("sop-cop").next_grade
    # one more a year is usual; 3 of 10 now
    assert [(s.indicator, s.now, s.to, s.pace) for s in way.steps] == [("C1-01", 3, 4, 1)]
    assert review.district("son-la").next_grade.steps == ()


def test_last_year_s_recommendations_meet_this_year_s_figures(review):
    found = of(review.followed)
    assert found[["source", "indicator", "verdict"]].to_numpy().tolist() == [
        ["followup", "C1-01", "worse"],
        ["recommendations", "C1-16", "need_driven"],
    ]
    assert found["status"].iloc[0] == "đang làm"


def test_this_review_s_own_recommendations_are_read_by_the_next(review):
    asked = review.recommended
    assert of(asked)["indicator"].dropna().tolist() == ["C1-01"]
    assert "Gửi báo cáo kỳ này" in of(asked, "118")["recommendation"].iloc[0]
    path = files.carry(review)
    rows = pd.read_csv(path, dtype=str)
    assert len(rows) == len(asked)
    space = review.space
    into = space.followup(space.year + 1)
    into.parent.mkdir(exist_ok=True)
    into.write_bytes(path.read_bytes())
    (space.data / "2023" / "annual").mkdir()
    later = open_review(2023, "annual", str(space.data), str(space.out))
    notes, problems = later.inbox.followed
    assert problems == []
    assert [(n.district, n.recommendation) for n in notes] == list(
        asked[["district_code", "recommendation"]].itertuples(index=False, name=None)
    )


def test_a_suspected_figure_is_neither_advised_nor_asked(review):
    suspect = {
        "rule": "unit_suspect",
        "district_code": SOP_COP,
        "indicator": "C1-01",
        "commune_code": None,
    }
    doubted = open_review(2022, "annual", str(review.space.data), str(review.space.out))
    same = ("register", "scores", "assessed", "ranking", "trends", "satisfaction")
    vars(doubted).update({name: getattr(review, name) for name in same})
    vars(doubted)["problems"] = pd.DataFrame([suspect])
    assert doubted.district("sop-cop").next_grade.steps == ()
    assert "C1-01" not in of(doubted.recommended)["indicator"].tolist()


def test_the_appeal_sheet_lies_in_the_district_s_folder(review):
    (path,) = files.appeal_sheet(review.district("sop-cop"))
    assert path == review.space.pages("sop-cop") / "appeal.xlsx"
    assert files.appeal_sheet(review.district("quynh-nhai")) == []


def test_lost_criteria_of_one_district_or_of_all(review):
    found = review.district(SOP_COP).titled
    assert set(found.changes["lost"]) == {"TC10"}
    assert set(found.changes["state"]) == {"new_rules"}  # the set of criteria changed in 2022
    assert set(found.doubts["rule"]) == {"title_without_criteria"}
    all_of_them = review.titled.changes
    assert len(all_of_them) > len(found.changes)
    assert set(all_of_them.loc[all_of_them["district_code"] == SON_LA, "state"]) == {"unknown"}


def test_the_order_of_the_files_does_not_matter(review, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(review.space.data, data)
    names = {"son-la": "z", "sop-cop": "a"}  # the other way round
    for path in data.rglob("*.xlsx"):
        path.rename(path.with_stem(names[path.stem]))
    again = open_review(2022, "annual", str(data), str(tmp_path / "out"))
    for table in ("scores", "ranking", "series", "communes", "register"):
        old, new = (
            getattr(one, table).drop(columns="file", errors="ignore") for one in (review, again)
        )
        assert_frame_equal(old, new)


def test_the_places_of_the_plan_all_or_those_of_one_district(review):
    assert [s.place.district_code for s in review.stories] == ["118", "119", "122", "127"]
    assert len(review.district(SOP_COP).stories) == 1
    assert review.district(SON_LA).stories == ()
