"""What is told of an edition: who answers for it, what was open, what changed since."""

from pathlib import Path

import pandas as pd
import pytest

from ntm_eval.exchange.editions import Edition
from ntm_eval.reporting import changes, editions

NOTE = {
    "number": 2,
    "day": "2023-01-10",
    "year": 2022,
    "period": "annual",
    "assured_by": "Lò Văn A",
    "approved_by": None,
    "note": "Công văn 12",
    "checked": {"pages": 49, "files": 146, "inputs": 129, "errors": 4, "warnings": 45},
    "questions": {"118": 1, "127": 2},
    "held": [],
    "assurance": [],
    "inputs": {"2022/annual/a.xlsx": "1", "2022/annual/b.xlsx": "2"},
}
EDITION = Edition(Path("releases") / "2022-annual" / "2", NOTE)
VALUE = {"commune_code": None, "measure": "actual", "file": "a.xlsx", "sheet": "Chỉ tiêu"}
HOSTILE = '<script>alert("a")</script>'


def fact(code, indicator, column, old, new):
    about = {"district_code": code, "indicator": indicator, "column": column}
    return VALUE | about | {"old": old, "new": new, "cell": "E5", "why": "bản sửa: nhầm"}


def rank(code, column, old, new):
    return {"district_code": code, "column": column, "old": old, "new": new, "why": ""}


def changed(facts=(), ranking=()):
    columns = ["district_code", "column", "old", "new", "why"]
    empty = pd.DataFrame(columns=columns)
    first = pd.DataFrame(facts) if facts else pd.DataFrame(columns=[*VALUE, "indicator", *columns])
    second = pd.DataFrame(ranking) if ranking else empty
    scores = pd.DataFrame(columns=["part", "indicator", *columns])
    return {"inputs": empty, "facts": first, "scores": scores, "ranking": second}


def test_what_changed_is_one_paragraph_with_its_effect_on_points_and_grades():
    facts = [
        fact("118", "C3-02", "value", "2", "5"),
        fact("118", "C3-02", "held", "outlier", None),
        fact("127", "C1-01", "value", "7", "9"),
    ]
    ranking = [
        rank("118", "points", "97.5951928553128", "97.31"),
        rank("127", "points", "70.01", "82.4"),
        rank("116", "points", "98.342", "98.3421"),
        rank("127", "grade", "khá", "tốt"),
        rank("127", "rank", "9", "4"),
    ]
    assert editions.since(EDITION, changed(facts, ranking)) == (
        "So với bản phát hành số 2 ngày 10/01/2023: 2 số liệu của Quỳnh Nhai, Sốp Cộp thay đổi. "
        "Điểm đề xuất thay đổi: Sốp Cộp từ 70,0 thành 82,4, Quỳnh Nhai từ 97,6 thành 97,3. "
        "Xếp loại đề xuất thay đổi: Sốp Cộp từ Khá thành Tốt."
    )


def test_where_nothing_changed_nothing_is_said():
    assert editions.since(EDITION, changed()) is None
    columns = ["district_code", "measure", "year", "period", "indicator", "value"]
    nothing = pd.DataFrame(columns=columns), 2022, "annual", (EDITION, changed())
    html = changes.since(*nothing, illustrative=False)
    assert "bản phát hành" not in html


def test_points_may_change_without_a_figure():
    said = editions.since(EDITION, changed(ranking=[rank("118", "points", None, "97.31")]))
    assert "không có số liệu nào thay đổi" in said
    assert "Quỳnh Nhai từ chưa có điểm thành 97,3" in said
    assert "Xếp loại đề xuất của các đơn vị không thay đổi" in said


@pytest.mark.parametrize(
    ("now", "named"),
    [
        (NOTE["inputs"], []),
        ({"2022/annual/a.xlsx": "1"}, ["b.xlsx"]),
        (NOTE["inputs"] | {"2022/annual/a.xlsx": "3", "2022/annual/c.xlsx": "4"}, ["a", "c"]),
    ],
)
def test_what_was_received_since_is_marked(now, named):
    said = " ".join(EDITION.marks(now))
    assert bool(said) == bool(named)
    assert all(name in said for name in named)


def test_the_statement_counts_what_is_open():
    said = " ".join(editions.statement(NOTE, seen=False))
    assert "49 trang" in said
    assert "Còn 3 câu hỏi chưa được giải trình: Quỳnh Nhai 1, Sốp Cộp 2." in said
    assert "Không có số liệu nào đang chờ giải trình." in said
    assert "Chưa đối chiếu được 129 tệp" in said


def test_the_page_runs_nothing_that_was_typed():
    note = NOTE | {"assured_by": HOSTILE, "note": HOSTILE, "statement": [HOSTILE]}
    html = editions.page(Edition(EDITION.folder, note), illustrative=True)
    assert HOSTILE not in html
    assert html.count("&lt;script&gt;alert") == 3
    assert "SỐ LIỆU MINH HỌA" in html
    assert "Chưa ghi người duyệt" in html


def test_the_landing_page_leads_to_the_latest_first():
    first = Edition(EDITION.folder.with_name("1"), NOTE | {"number": 1})
    assert [href for _, _, href in editions.listing([first, EDITION])] == [
        "../releases/2022-annual/2/release.html",
        "../releases/2022-annual/1/release.html",
    ]
