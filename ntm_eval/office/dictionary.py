"""The dictionary of indicators, from the reference data: what USAID's reference sheets ask for.

A PIRS (performance indicator reference sheet) gives an indicator's definition, unit, direction,
disaggregation, source, method, frequency, who is responsible, baseline, targets, quality and
changes. What is the same for all stands once at the top; below is a sheet for each indicator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis.followup import responsible

KINDS = {
    "count": "số nguyên",
    "money": "số tiền, đồng",
    "area": "diện tích, m²",
    "number": "số thập phân",
    "percent": "phần trăm",
}
FLOWS = {
    "flow": "phát sinh, cộng dồn từ ngày 01/01 đến ngày chốt số liệu",
    "stock": "số có đến ngày chốt số liệu",
}
BETTER = {"up": "tăng là tốt", "down": "giảm là tốt", "none": "không xét tốt, xấu"}
FREQUENCIES = {"h1+annual": "6 tháng và năm", "annual": "năm"}
FORMULAS = {
    "up": "thực hiện chia kế hoạch năm, nhiều nhất là 1",
    "down": "mức giảm so với năm trước chia mức giảm theo kế hoạch, từ 0 đến 1",
    "settled": "số đã giải quyết chia tổng số",
}
INTRO = """# Từ điển chỉ tiêu

<!-- Lập bằng lệnh ntm-eval indicators từ data/reference, theo quy định có hiệu lực ngày {day};
sửa ở đó, không sửa ở đây. -->

{count} chỉ tiêu, theo các mục của phiếu mô tả chỉ tiêu (PIRS) của USAID. Giống nhau ở mọi chỉ tiêu:

| Mục | Nội dung |
|---|---|
| Phân tổ | theo huyện, thành phố; các cột của trang `Xã` còn theo xã, phường, thị trấn |
| Nguồn số liệu | báo cáo của Ủy ban MTTQ Việt Nam huyện, thành phố theo mẫu, trang `Chỉ tiêu` |
| Cách thu thập | bảng tính gửi tỉnh trước ngày 10/6 (6 tháng) và trước ngày 05/12 (năm); ghi `KAD` khi không áp dụng |
| Mốc ban đầu | số thực hiện của báo cáo năm đầu tiên nhận được; kế hoạch không đặt mốc chung |
| Mục tiêu | cột `Kế hoạch năm` của chính huyện; Kế hoạch 227/KH-MTTQ-BTT không đặt mục tiêu bằng số |
| Lý do chọn | câu của kế hoạch ghi ở từng chỉ tiêu |
| Kiểm tra chất lượng | mỗi lần lập báo cáo: `problems.csv`, trang `01_clean`; quy tắc ở `data/reference/rules.csv` |
| Hạn chế đã biết | số do huyện tự báo cáo; số nào đã kiểm tra tại cơ sở thì báo cáo của kỳ nói rõ |
| Phân tích, báo cáo | trang 02 xu hướng, trang 04 báo cáo của huyện, trang 05 báo cáo của tỉnh |
| Số đã công bố để đối chiếu | `data/reference/published.csv` |
"""  # noqa: E501


def dictionary(day: date) -> str:
    """The dictionary as Markdown, with the rules in force on a day."""
    known = reference.table("indicators")
    parts = reference.table("score_parts").drop_duplicates("part", keep="last").set_index("part")
    text = [INTRO.format(count=len(known), day=notation.day(day))]
    for content, rows in known.groupby("content", sort=False):
        text.append(f"\n## {parts.loc[f'C{content}', 'name_vi']}\n")
        for row in rows.to_dict("records"):
            text.append(f"\n### {row['id']} {row['name_vi']}\n\n| Mục | Nội dung |\n|---|---|\n")
            text += [f"| {item} | {said} |\n" for item, said in _sheet(row, day)]
    return "".join(text)


def _sheet(row: Mapping, day: date) -> Iterator[tuple[str, str]]:
    """The items that differ between indicators, each with what it says."""
    yield "Tên tiếng Anh", row["name_en"]
    yield "Định nghĩa", f"{row['name_vi']}; {FLOWS[row['flow_stock']]}"
    yield "Đơn vị tính, kiểu số", f"{row['unit']}; {KINDS[row['kind']]}"
    if _given(row["denominator"]):
        per = f"{row['rate_vi']} ({row['rate_unit']}) = {row['id']} / {row['denominator']}"
        yield "Tỷ lệ, bình quân", per
    yield "Hướng", BETTER[row["better"]]
    yield "Kỳ báo cáo", FREQUENCIES[row["frequency"]]
    yield "Căn cứ", f"Kế hoạch 227, mục {row['plan_clause']}"
    yield "Kế hoạch năm", "huyện ghi" if row["has_plan"] == "yes" else "không có"
    scored = FORMULAS.get(row["formula"]) if row["scored"] == "yes" else None
    yield "Tính điểm", scored or "không tính điểm"
    checks = [f"phải {row['check']}"] if _given(row["check"]) else []
    if _given(row["plausible_max"]):
        checks.append(f"không quá {row['plausible_max']:,.0f}".replace(",", "."))
    if checks:
        yield "Kiểm tra riêng", "; ".join(checks)
    yield "Đơn vị chịu trách nhiệm", responsible(row["id"], day)
    yield "Thay đổi", "; ".join(_changes(row)) or "chưa có"
    yield "Nguồn, hiệu lực", f"{row['source']}; từ {row['valid_from']:%d/%m/%Y}"


def _changes(row: Mapping) -> Iterator[str]:
    if _given(row["break_before"]):
        yield f"đổi chuẩn từ năm {row['break_before']:.0f}, không so với các năm trước"
    breaks = reference.table("breaks")
    for one in breaks[breaks["indicator"] == row["id"]].itertuples():
        yield f"{one.year}: {one.reason_vi}"


def _given(value: object) -> bool:
    return not pd.isna(value)
