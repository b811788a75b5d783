"""The review of communes that report, with what the council decided and the office follows.

Two of the 75 of `ntm-eval sample --communes` have sent their report: what the batch does for one
unit does not depend on how many there are, and all of them take a quarter of an hour.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass

import nbformat
import pandas as pd
import pytest

from ntm_eval.workspace import SHIPPED_SAMPLES

SENT = ("xa-thuan-chau", "phuong-to-hieu")
REASON = "Địa bàn mới sắp xếp, đã vượt khó"


@dataclass(frozen=True)
class Reviewed:
    folder: object
    status: int
    said: str

    def page(self, path: str) -> str:
        """All that a page says, as plain text."""
        cells = nbformat.read(self.folder / path, as_version=4).cells
        shown = [o for c in cells for o in c.get("outputs", [])]
        return "\n".join(o.get("data", {}).get("text/plain", "") for o in shown)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory, program):
    root = tmp_path_factory.mktemp("communes")
    (root / "2025" / "annual").mkdir(parents=True)
    for slug in SENT:
        name = f"{slug} nam 2025.xlsx"
        shutil.copyfile(
            SHIPPED_SAMPLES[True] / "2025" / "annual" / name, root / "2025" / "annual" / name
        )
    (root / "2025" / "annual" / "decisions.csv").write_text(
        f'district,grade,reason,decided_by,date\nXã Thuận Châu,khá,"{REASON}",Hội đồng,\n',
        encoding="utf-8",
    )
    (root / "2025" / "followup.csv").write_text(
        "district,indicator,recommendation,unit,status,note\n"
        "Xã Thuận Châu,C1-16,Xóa hết nhà tạm còn lại,MTTQ xã,đang làm,chờ kinh phí\n",
        encoding="utf-8",
    )
    ended = program(
        "review",
        "--year",
        2025,
        "--data",
        root,
        "--out",
        "out",
        "--district",
        "xa-thuan-chau",
        "--jobs",
        2,
        cwd=root,
    )
    return Reviewed(root / "out" / "2025-annual", ended.returncode, ended.stdout + ended.stderr)


def test_it_ends_well_for_one_of_seventy_five(reviewed):
    assert reviewed.status == 0, reviewed.said
    assert "[5/5]" in reviewed.said
    register = pd.read_csv(reviewed.folder / "register.csv", dtype={"district_code": str})
    assert register["district_code"].str.len().eq(5).all()
    assert len(register) == 75
    assert register["status"].value_counts().to_dict() == {"missing": 73, "on_time": 2}


def test_the_page_of_a_commune_speaks_of_it_and_not_of_the_district_of_that_name(reviewed):
    said = reviewed.page("districts/xa-thuan-chau/04_evaluation.ipynb")
    assert "Xã Thuận Châu" in said
    assert "Huyện Thuận Châu" not in said
    assert (
        "Áp dụng bộ tiêu chí theo Quyết định số 318/QĐ-TTg, sửa đổi bởi Quyết định số 211/QĐ-TTg"
        in said
    )
    trends = reviewed.page("districts/xa-thuan-chau/02_trends.ipynb")
    assert "Không nối số liệu Xã đạt chuẩn nông thôn mới (lũy kế)" in trends


def test_decision_and_follow_up_stand_beside_the_proposal(reviewed):
    said = reviewed.page("districts/xa-thuan-chau/04_evaluation.ipynb")
    assert f"Hội đồng xếp loại: Khá (đề xuất: Xuất sắc). Lý do: {REASON}." in said
    assert "Xóa hết nhà tạm còn lại | sổ theo dõi" in said
    assert "đang làm · chờ kinh phí" in said
    province = reviewed.page("review/05_annual_review.ipynb")
    assert f"Khá | {REASON}" in province
    assert "1. Xem xét, quyết định xếp loại 74 xã, phường" in province
    # of new units there is no figure of the year before
    assert "phương hướng của năm trước; kỳ này chưa có số liệu để xét." in province


def test_the_manifest_keeps_what_was_decided(reviewed):
    manifest = json.loads((reviewed.folder / "manifest.json").read_text(encoding="utf-8"))
    assert "2025/annual/decisions.csv" in manifest["inputs"]


def test_the_province_names_no_more_than_a_sentence_bears_and_goes_on_by_district(reviewed):
    said = reviewed.page("review/05_annual_review.ipynb")
    assert "và 68 đơn vị khác. Chưa có báo cáo của kỳ, chưa đủ căn cứ đánh giá" in said
    assert "* Xã Chiềng Sơn gồm phần của hai huyện cũ" in said
    assert "Từ 01/7/2025 Xã Mường Do thuộc Xã Mường Bang" in said
    assert "mười hai huyện" not in said.lower()
