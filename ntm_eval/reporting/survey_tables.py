"""What may be published of the residents' answers (`disclosure.published`) -> printed tables."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis import planner, satisfaction
from ntm_eval.intake.problems import HIDDEN
from ntm_eval.language import say
from ntm_eval.reporting import survey_words
from ntm_eval.reporting.printed import Column, Table, number, percent, show
from ntm_eval.reporting.survey_charts import judged

# a warning about how answers were collected, and what the office should do
WARNINGS = {
    "all_satisfied": "Cả xã đồng ý mọi điều là rất hiếm: xem cách phát, thu phiếu và ai ghi phiếu.",
    "straight_lined": "Trả lời như nhau ở mọi câu: xem người dân có đọc từng câu không.",
    "identical_forms": "Đối chiếu phiếu gốc xem có phiếu sao chép không.",
    "group_unlike": "Xem lại cách lấy ý kiến ở nhóm đó; khác nhau chưa phải là sai.",
    "groups_too_few": "Chưa so sánh được các nhóm phiếu; không kết luận là bình thường.",
    "tally_mismatch": "Kiểm lại phép cộng trên phiếu tổng hợp.",
    "survey_disagrees": "Kiểm xem số của báo cáo hay số đếm từ phiếu là đúng.",
    "form_repeated": "Kiểm xem có hộ nào được ghi hai lần không.",
    "answer_unread": "Nhập lại những câu trả lời không đọc được.",
}
FEW_HOUSEHOLDS = "Lấy ý kiến ít hộ hơn mức tối thiểu"
SIZES, SHARES = (100, 200, 300, 500, 800, 1200, 2000), (0.8, 0.85, 0.92, 0.93, 0.95, 0.97)


def coverage(table: pd.DataFrame, day: date) -> Table:
    """How many households each survey reached, beside the least that the guidance asks."""
    frame = satisfaction.coverage(table, day)
    columns = {
        "commune_code": Column("Xã", notation.commune_name, css="code"),
        "survey": Column("Loại khảo sát", say), "households": number("Số hộ"),
        "issued": number("Phiếu phát"), "collected": number("Phiếu thu"),
        "reached": percent("Phiếu thu / số hộ", 1), "least": percent("Mức tối thiểu", 0),
    }  # fmt: skip
    return show(frame, columns, "Đã lấy ý kiến bao nhiêu hộ")


def questions(table: pd.DataFrame) -> Table:
    """Every question: counts, both shares, interval, what the rule says and how certain it is."""
    rows = survey_words.with_answers(table)
    each = rows.to_dict("records")
    frame = rows.assign(
        satisfied=[_or_hidden(r, "satisfied", notation.number(r["satisfied"])) for r in each],
        answered=[_or_hidden(r, "answered", notation.number(r["answered"])) for r in each],
        share=[_between(r, "share") for r in each],
        of_answers=[_between(r, "answers") for r in each],
        band=[_band(r) for r in each],
        words=[words for words, *_ in judged(rows)],
    )
    columns = {
        "commune_code": Column("Xã", notation.commune_name, css="code"),
        "survey": Column("Loại", say, css="code"), "question": Column("Câu", css="num"),
        "collected": number("Phiếu thu"), "answered": Column("Có trả lời", css="num"),
        "satisfied": Column("Hài lòng", css="num"),
        "share": Column("Hài lòng / phiếu thu", css="num"),
        "of_answers": Column("Hài lòng / có trả lời", css="num"),
        "band": Column("Khoảng tin cậy", css="num"), "threshold": percent("Ngưỡng", 0),
        "words": Column("Theo quy tắc", say, css="code"),
    }  # fmt: skip
    caption = say(
        "Kết quả từng câu. * không công bố, vì là số dưới 5 hoặc để không tính ngược ra số "
        "dưới 5; khi đó tỷ lệ ghi bằng hai đầu mút. “Chưa chắc”: khoảng tin cậy chứa ngưỡng"
    )
    return show(frame, columns, caption)


def warnings(table: pd.DataFrame, problems: pd.DataFrame, day: date) -> Table:
    """What asks for a look at how the answers were collected, without the figures behind it."""
    names = reference.table("rules").drop_duplicates("rule", keep="last").set_index("rule")
    found = problems[problems["rule"].isin(list(WARNINGS))].drop_duplicates(
        ["commune_code", "rule"]
    )
    rows = [
        {"commune_code": r["commune_code"], "what": names.loc[r["rule"], "name_vi"],
         "todo": WARNINGS[r["rule"]]}
        for r in found.to_dict("records")
    ]  # fmt: skip
    reached = satisfaction.coverage(table, day)
    rows += [
        {"commune_code": r["commune_code"], "what": FEW_HOUSEHOLDS,
         "todo": say("Mới {share} số hộ: lấy thêm ý kiến, hoặc nêu lý do.",
                     share=notation.percent_beside(r["reached"], r["least"]))}
        for r in reached[reached["short"]].to_dict("records")
    ]  # fmt: skip
    columns = {
        "commune_code": Column("Xã", notation.commune_name, css="code"),
        "what": Column("Cảnh báo", say), "todo": Column("Nên làm", say),
    }  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(columns))
    return show(frame, columns, "Cảnh báo về cách lấy ý kiến", "Không có cảnh báo nào.")


def plan() -> Table:
    """Forms needed for communes of several sizes, by the share that is expected."""
    threshold = planner.newest_threshold()
    needed = planner.plan(SIZES, SHARES, threshold)
    frame = needed.set_axis([f"p{s}" for s in SHARES], axis=1).reset_index()
    columns = {"households": number("Số hộ của xã")} | {
        f"p{share}": number(say("Tỷ lệ thật {share}", share=notation.percent(share, 0)))
        for share in SHARES
    }
    caption = say(
        "Số phiếu cần thu để kết luận so với ngưỡng {threshold}",
        threshold=notation.percent(threshold, 0),
    )
    return show(frame, columns, caption)


def _or_hidden(row: dict, name: str, text: str) -> str:
    """The text, or a star where the number is known and held back."""
    return HIDDEN if row[name] != row[name] and row[f"{name}_low"] == row[f"{name}_low"] else text


def _between(row: dict, name: str) -> str | None:
    """A share, or where it is held back the two ends between which it lies."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if low != low:
        return None
    if low == high:
        return notation.percent_beside(low, row["threshold"])
    return _span(*survey_words.outward(low, high))


def _band(row: dict) -> str | None:
    if row["low"] != row["low"]:
        return None
    return _span(*(notation.percent_beside(row[e], row["threshold"]) for e in ("low", "high")))


def _span(low: str, high: str) -> str:
    return f"{low.removesuffix('%')}–{high}"
