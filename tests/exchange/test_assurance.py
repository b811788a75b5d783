"""What people checked by hand is read, and a row that cannot be taken says why."""

import csv
from datetime import date

import pytest
import releasing

from ntm_eval import cache
from ntm_eval.exchange import assurance, editions
from ntm_eval.intake import received
from ntm_eval.workspace import AnalystError

DAY = date(2022, 12, 31)
ROW = {
    "check": "đối chiếu sổ gốc",
    "district": "Sốp Cộp",
    "indicator": "C1-01",
    "cell": "E5",
    "checked_by": "Lò Văn A",
    "date": "5/1/2023",
    "how": "xem sổ của xã",
    "result": "Đúng",
}
EMPTY = dict.fromkeys(assurance.FILLED, "")


def typed(folder, *rows, encoding="utf-8-sig"):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "qa.csv").open("w", encoding=encoding, newline="") as lines:
        table = csv.DictWriter(lines, assurance.COLUMNS)
        table.writeheader()
        table.writerows(rows)
    return assurance.read(folder, DAY)


def test_a_check_is_read_with_who_when_how_and_its_result(tmp_path):
    (found,), problems = typed(tmp_path, ROW)
    assert problems == []
    assert (found.district, found.date, found.result) == ("127", "2023-01-05", assurance.RIGHT)
    assert (found.checked_by, found.how) == ("Lò Văn A", "xem sổ của xã")


def test_a_check_only_proposed_is_open_and_of_nobody_in_particular_is_fine(tmp_path):
    found, problems = typed(tmp_path, ROW | EMPTY, ROW | {"district": "", "indicator": ""})
    assert problems == []
    assert [check.result for check in found] == [assurance.OPEN, assurance.RIGHT]
    assert assurance.told(assurance.noted(found)) == (
        "Đã kiểm tra thủ công 1 trên 2 việc: 1 đúng, 0 sai, 0 chưa rõ."
    )
    assert "Chưa ghi" in assurance.told(assurance.noted(found[:1]))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"district": "Mai Châu"}, "không có huyện 'Mai Châu'"),
        ({"indicator": "C9-99"}, "không có chỉ tiêu 'C9-99'"),
        ({"date": "hôm qua"}, "ngày 'hôm qua' không đọc được"),
        ({"result": "tốt"}, "không có kết quả 'tốt'. Chọn một trong: đúng, sai, chưa rõ"),
        ({"checked_by": ""}, "thiếu checked_by"),
        ({"how": "", "date": ""}, "thiếu date, how"),
        ({"check": ""}, "thiếu check"),
        ({"check": "", **EMPTY}, "thiếu check"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(tmp_path, change, says):
    found, (problem,) = typed(tmp_path, ROW, ROW | change)
    assert len(found) == 1
    assert f"dòng 3: {says}" in problem.message


def test_the_record_is_no_report_and_makes_no_page_stale(tmp_path):
    space = releasing.review(tmp_path)
    folder = space.received(2022, "annual")
    folder.mkdir(parents=True)
    before = cache.inputs(space)
    typed(folder, ROW)
    assert cache.inputs(space) == before
    assert received.reports(folder, 2022, "annual") == ([], [])


def test_an_edition_tells_what_was_checked_and_is_refused_where_a_row_is_unclear(tmp_path):
    space = releasing.review(tmp_path)
    folder = space.received(2022, "annual")
    typed(folder, ROW, ROW | {"date": "hôm qua"})
    releasing.write(space, inputs={})
    with pytest.raises(AnalystError, match="dòng 3: ngày 'hôm qua' không đọc được"):
        releasing.issue(space)
    typed(folder, ROW | {"check": "<b>sổ</b>"}, ROW | EMPTY)
    made = releasing.issue(space, date(2023, 1, 10))
    note = editions.read(made).note
    assert [row["result"] for row in note["assurance"]] == ["right", ""]
    assert "Đã kiểm tra thủ công 1 trên 2 việc" in note["statement"][-1]
    page = (made / "release.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;sổ&lt;/b&gt;" in page
    for told in ("Lò Văn A", "05/01/2023", "xem sổ của xã", "chưa kiểm tra", "Sốp Cộp"):
        assert told in page
