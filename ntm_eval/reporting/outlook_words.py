"""What lies ahead -> sentences: goals of 2025, the year's end, and how far to trust them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis import district_goal, outlook, targets
from ntm_eval.analysis.province import PLACES
from ntm_eval.language import say
from ntm_eval.notation import number, percent
from ntm_eval.reporting.wording import Words

NOT_ENOUGH = "không đủ số liệu"
NO_OUTLOOK = "Báo cáo năm: không cần dự kiến đến cuối năm."
EASILY = 1.25  # of what the rest of the year usually brings
BASELINES = {
    "doubled": "nhân đôi số 6 tháng",
    "last_ratio": "tỷ lệ của chính đơn vị năm trước",
    "last_value": "lấy số cả năm trước",
}
CONDITIONS = {
    "all_communes": "100% xã đạt 19 tiêu chí",
    "advanced": "ít nhất 10% xã đạt nông thôn mới nâng cao",
    "towns": "100% thị trấn đạt đô thị văn minh",
    "satisfaction": "người dân hài lòng với huyện nông thôn mới",
    "district_criteria": "9 tiêu chí của huyện",
}
STATES = {
    "met": "✓ đã đạt",
    "not_met": "✗ chưa đạt",
    "unclear": "? chưa đủ chắc chắn",
    "withheld": "– kết luận không công bố vì số phiếu nhỏ",
    "not_applicable": "– không xét (không có)",
    "not_measured": "○ báo cáo không có số liệu",
}


def likely(probability: float) -> str:
    """A probability that never claims certainty.

    >>> likely(0.004), likely(0.37), likely(0.999), likely(float("nan"))
    ('dưới 1%', '37%', 'trên 99%', 'không đủ số liệu')
    """
    if np.isnan(probability):
        return say(NOT_ENOUGH)
    if probability < 0.01:
        return say("dưới 1%")
    return say("trên 99%") if probability > 0.99 else percent(probability, 0)


def goals(found: pd.DataFrame) -> Words:
    """One district's goals of 2025: temporary houses, and all xã at 19 criteria."""
    if found.empty:
        return Words(
            say(
                "Không còn mục tiêu nào phía trước: mốc là cuối năm {year}.",
                year=targets.GOAL_YEAR,
            )
        )
    of_district = found[found["commune_code"].isna()]
    lines = [_goal(row) for row in of_district.to_dict("records")]
    return Words("\n".join(lines))


def named_places(
    district_code: str, found: pd.DataFrame, communes: pd.DataFrame, satisfaction: pd.DataFrame
) -> Words:
    """What lies ahead of the places of one district that the plan names, '' where it names none."""
    lines: list[str] = []
    if district_code == district_goal.QUYNH_NHAI:
        rows = district_goal.conditions(district_code, communes, satisfaction, found)
        lines.append(conditions(rows))
    for story in PLACES:
        if story.district_code == district_code and story.commune_code:
            houses = found["indicator"] == targets.HOUSES
            rows = found[houses & (found["commune_code"] == story.commune_code)]
            name = notation.commune_name(story.commune_code)
            lines += [f"{name}. {_goal(row)}" for row in rows.to_dict("records")]
    return Words("\n".join(lines))


def conditions(found: pd.DataFrame) -> Words:
    """The conditions of a district of the NTM standard, one by one, and what they leave open."""
    lines = []
    for row in found.to_dict("records"):
        share = row["condition"] == "satisfaction"
        figure = percent if share else number
        known = not np.isnan(row["now"]) and row["state"] not in ("not_applicable", "not_measured")
        what = say("câu sát mức yêu cầu nhất") if share else say("hiện")
        now = (
            say(
                "{what} {now}, cần {needed}",
                what=what,
                now=figure(row["now"]),
                needed=figure(row["needed"]),
            )
            if known
            else ""
        )
        ahead = _chance_ahead(row) if row["condition"] == "all_communes" else ""
        said = f"{say(STATES[row['state']])}: {say(CONDITIONS[row['condition']])}"
        said += f" ({now})" if now else ""
        lines.append("; ".join(filter(None, [said, ahead])) + ".")
    first = say(
        "Điều kiện huyện nông thôn mới (QĐ 320/QĐ-TTg), mốc cuối năm {year}:",
        year=targets.GOAL_YEAR,
    )
    lines.append(
        say(
            "Khả năng đạt đủ cả năm điều kiện: không đủ số liệu, vì báo cáo không có 9 tiêu chí "
            "của huyện; khả năng đó không thể cao hơn của từng điều kiện."
        )
    )
    return Words("\n".join([first, *lines]))


def warnings(of_district: pd.DataFrame) -> Words:
    """How many plans are in danger, and which of them a little more effort would still save."""
    if of_district.empty:
        return Words(say(NO_OUTLOOK))
    found = outlook.warnings(of_district, reference.table("indicators"))
    if found.empty:
        return Words(say("Không có kế hoạch nào có khả năng đạt dưới 50%."))
    near = found[found["push"] <= EASILY]
    lines = [
        say(
            "{found} kế hoạch có khả năng đạt dưới 50%; {near} trong số đó chỉ cần sáu tháng "
            "cuối năm nhanh hơn thường lệ không quá một phần tư.",
            found=len(found),
            near=len(near) or say("không có kế hoạch nào"),
        )
    ]
    return Words("\n".join([*lines, *(_in_danger(row) for row in near.head(5).to_dict("records"))]))


def trusted(tried: pd.DataFrame) -> Words:
    """How the same way of looking ahead would have done in past years, against simple guesses."""
    if tried.empty:
        return Words(say("Không có dự kiến nào của các năm trước để thử lại."))
    years = sorted(tried["year"].unique())
    by_year = hit(tried).groupby(tried["year"]).mean()
    lines = [
        say(
            "Thử lại trên {tried} dự kiến của các năm {first}–{last}, mỗi năm được dự kiến từ "
            "những năm còn lại: khoảng 80% chứa số thật ở {share} trường hợp (từng năm từ {min} "
            "đến {max}).",
            tried=number(len(tried)),
            first=years[0],
            last=years[-1],
            share=percent(hit(tried).mean()),
            min=percent(by_year.min()),
            max=percent(by_year.max()),
        )
    ]
    errors = errors_of(tried)
    if np.isnan(errors["expected"]):
        return Words(lines[0])
    beaten = [f"{say(words)} {percent(errors[way])}" for way, words in BASELINES.items()]
    lines.append(
        say(
            "Sai số giữa (một nửa số dự kiến lệch ít hơn mức này): {expected}; các cách đoán đơn "
            "giản: {beaten}.",
            expected=percent(errors["expected"]),
            beaten=", ".join(beaten),
        )
    )
    return Words("\n".join([*lines, *_not_beaten(errors)]))


def hit(tried: pd.DataFrame) -> pd.Series:
    """True where the 80 % interval of a past forecast held what happened."""
    slack = 1e-9 * tried["actual"].abs()
    return (tried["actual"] >= tried["low"] - slack) & (tried["actual"] <= tried["high"] + slack)


def errors_of(tried: pd.DataFrame) -> dict[str, float]:
    """The median distance from what happened, as a share of it, over rows that every way has."""
    ways = ["expected", *outlook.BASELINES]
    rows = tried.dropna(subset=ways)
    rows = rows[rows["actual"] > 0]
    return {way: float((rows[way] / rows["actual"] - 1).abs().median()) for way in ways}


def _not_beaten(errors: dict[str, float]) -> list[str]:
    better = [say(BASELINES[b]) for b in outlook.BASELINES if errors[b] <= errors["expected"]]
    return [say("Cách dự kiến này chưa hơn: {better}.", better=", ".join(better))] if better else []


def _chance_ahead(row: dict) -> str:
    """How likely a condition is met by the goal's year, and on what that rests."""
    return say(
        "khả năng đạt đến cuối năm {year}, kịch bản theo tốc độ của bộ tiêu chí trước: {said}"
        if row["basis"] == "old_steps"
        else "khả năng đạt đến cuối năm {year}: {said}",
        year=targets.GOAL_YEAR,
        said=likely(row["probability"]),
    )


def _in_danger(row: dict) -> str:
    figures = {c: _figure(row, c) for c in ("expected", "low", "high", "plan")}
    return say(
        "{name}: dự kiến {expected} (khoảng 80% từ {low} đến {high}), kế hoạch {plan}, "
        "khả năng đạt {likely}; cần bằng {push} lần mức thường lệ của sáu tháng cuối năm.",
        name=notation.score_name("", row["indicator"]),
        expected=figures["expected"],
        low=figures["low"],
        high=figures["high"],
        plan=figures["plan"],
        likely=likely(row["probability"]),
        push=number(row["push"], 2),
    )


def _goal(row: dict) -> str:
    goal = (
        say("nhà tạm, nhà dột nát còn {now} nhà, đích là không còn", now=number(row["now"]))
        if row["indicator"] == targets.HOUSES
        else say(
            "{now} trên {goal} xã đạt đủ 19 tiêu chí",
            now=number(row["now"]),
            goal=number(row["goal"]),
        )
    )
    goal = goal[0].upper() + goal[1:]
    by = say("đến cuối năm {year}", year=row["by"])
    if row["basis"] == "too_few":
        return say("{goal}: không đủ số liệu để nói về khả năng {by}.", goal=goal, by=by)
    scenario = (
        say(
            "Đây là kịch bản theo tốc độ của bộ tiêu chí trước, không phải dự báo: theo bộ tiêu "
            "chí hiện hành thì không đủ số liệu."
        )
        if row["basis"] == "old_steps"
        else ""
    )
    ahead = say(
        "{goal}. Theo đà hiện nay, {by} dự kiến {expected} nhà (khoảng 80% từ {low} "
        "đến {high}); khả năng đạt đích: {likely}."
        if row["indicator"] == targets.HOUSES
        else "{goal}. Theo đà hiện nay, {by} dự kiến {expected} xã (khoảng 80% từ {low} "
        "đến {high}); khả năng đạt đích: {likely}.",
        goal=goal,
        by=by,
        expected=number(row["expected"]),
        low=number(row["low"]),
        high=number(row["high"]),
        likely=likely(row["probability"]),
    )
    return " ".join(filter(None, [ahead, scenario]))


def _figure(row: dict, column: str) -> str:
    known = reference.indicator(row["indicator"])
    whole = known["kind"] in ("count", "money", "area")
    return notation.quantity(round(row[column]) if whole else row[column], known["unit"])
