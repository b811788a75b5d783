"""Where a review stands: who reported, what is stale, what asks for attention."""

import csv
from datetime import date

import pytest
from tiny import plan, send

from ntm_eval import cache, characters, units
from ntm_eval.office import attention, status
from ntm_eval.running import manifest
from ntm_eval.running.manifest import Entry
from ntm_eval.workspace import AnalystError, Workspace, workspace


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Two reports, one of them late; the review is of tiny notebooks."""
    send(tmp_path, "sop-cop", 10)
    send(tmp_path, "van-ho", 20, sent="15/12/2022")
    monkeypatch.setattr(status, "Plan", lambda: plan(tmp_path))
    return tmp_path


def look(root, today=date(2022, 12, 20)):
    return status.status(workspace(2022, "annual", root / "data", root / "out"), today)


def made(root, slugs):
    """The manifest as a batch leaves it when all went well."""
    here, with_ = workspace(2022, "annual", root / "data", root / "out"), plan(root)
    pages = [page for wave in with_.pages(here, slugs) for page in wave]
    entries = [
        Entry(*page.key, page.parameters, "done", "", 1, with_.made_with(page)) for page in pages
    ]
    here.review.mkdir(parents=True, exist_ok=True)
    manifest.write(here, entries, complete=True, districts=slugs, inputs=cache.inputs(here))


def test_who_reported_who_was_late_and_who_is_missing(root):
    found = look(root)
    assert found.arrived == {"on_time": ("Sốp Cộp",), "late": ("Vân Hồ",), "undated": ()}
    assert len(found.missing) == 10
    received = found.parts[status.RECEIVED]
    assert received[0] == "Năm 2022, kỳ cả năm: 2 trên 12 đơn vị đã gửi báo cáo."
    assert "- gửi muộn: Vân Hồ (11 ngày)" in received
    assert "Chưa lập báo cáo" in found.lines[-1]
    assert not (root / "out").exists()


def test_a_report_that_came_since_makes_the_review_stale_and_is_named(root):
    made(root, ["sop-cop", "van-ho"])
    found = look(root)
    assert (found.made, found.changed, found.failed) == (True, (), ())
    assert len(found.lacking) == 10
    made(root, [d.slug for d in units.districts()])
    assert look(root).lines[-1] == "Kết quả là mới nhất."
    send(root, "mai-son", 30)
    found = look(root)
    assert found.changed == ("2022/annual/mai-son.xlsx (mới)",)
    assert "--year 2022 --period annual --data" in found.lines[-1]
    made(root, ["sop-cop", "van-ho", "mai-son"])
    (root / "reference" / "table.csv").write_text("2\n", encoding="utf-8")
    assert look(root).changed == ("bảng tham chiếu trong data/reference",)


def test_while_a_batch_runs_this_is_said_and_not_what_it_has_yet_to_make(root):
    made(root, ["sop-cop", "van-ho"])
    here = workspace(2022, "annual", root / "data", root / "out")
    send(root, "mai-son", 30)
    with manifest.held(here):
        manifest.write(here, [], running=manifest.myself())
        first, last = look(root).lines[-2:]
        assert first.startswith("Đang lập báo cáo: tiến trình ")
        assert last == "Đợi đợt đó xong rồi xem lại."
        assert look(root).changed == ()
    assert look(root).changed


def test_the_last_year_with_a_report_is_found_and_none_is_a_letter(root):
    (root / "data" / "2023" / "h1").mkdir(parents=True)
    assert status.latest(root / "data") == (2022, "annual")
    with pytest.raises(AnalystError, match="chưa có báo cáo nào"):
        status.latest(root / "out")


def write(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        table = csv.DictWriter(lines, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def test_the_end_of_a_review_names_what_needs_people(tmp_path, monkeypatch):
    space = Workspace(2022, "annual", tmp_path / "data", tmp_path)
    folder = space.review
    folder.mkdir()
    monkeypatch.setattr(characters, "face", lambda: characters.ALWAYS)
    assert "fonts-liberation2" in "".join(attention.lines(space))
    monkeypatch.setattr(characters, "face", lambda: "Tinos")
    assert list(attention.lines(space)) == []
    register = [("119", "Thuận Châu", "on_time"), ("121", "Bắc Yên", "missing")]
    keys = ("district_code", "district", "status")
    write(folder / "register.csv", [dict(zip(keys, row, strict=True)) for row in register])
    problems = [
        ("119", "error", "a.xlsx"),
        ("119", "error", "a.xlsx"),
        ("121", "error", ""),
        ("", "error", "báo cáo.zip"),
        ("", "warning", "Mai Sơn/"),
        ("", "info", "b.xlsx"),
    ]
    keys = ("district_code", "severity", "file")
    write(folder / "problems.csv", [dict(zip(keys, row, strict=True)) for row in problems])
    letter = folder / "districts" / "thuan-chau" / "queries.docx"
    letter.parent.mkdir(parents=True)
    letter.touch()
    assert list(attention.lines(space)) == [
        "1 đơn vị chưa có báo cáo: Bắc Yên",
        "2 lỗi số liệu phải hỏi lại: Thuận Châu",
        "2 tệp hoặc thư mục chưa đọc được, hoặc chưa rõ của đơn vị nào: báo cáo.zip, Mai Sơn/",
        f"1 phiếu đề nghị giải trình để gửi đi: queries.docx trong {folder / 'districts'}",
    ]
