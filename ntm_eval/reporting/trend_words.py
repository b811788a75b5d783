"""Trends by every method -> sentences: what agrees, what hangs on one year, what is shared."""

from __future__ import annotations

import pandas as pd

from ntm_eval.analysis import ranks
from ntm_eval.language import say
from ntm_eval.notation import change, measure_name, number, percent
from ntm_eval.reporting import wording
from ntm_eval.reporting.wording import DIRECTIONS, Words

SURE_OF_TABLE = 0.1
FAMILIES = {"quasi-binomial": "hồi quy nhị thức", "quasi-Poisson": "hồi quy Poisson"}


def sentence(trend: pd.Series) -> str:
    """One trend, of whatever method, with its interval, years and q; `trend` is a table's row."""
    return wording.trend(trend)


def chance(trends: pd.DataFrame) -> Words:
    """How many of the clear trends chance alone would make, and how many stand the whole table."""
    tested = trends.dropna(subset="p_value")
    if tested.empty:
        return Words(say("Chưa có chỉ tiêu nào đủ năm để kiểm định xu hướng."))
    rates = {n: ranks.attained(int(n)) for n in tested["years"].unique()}
    expected = sum(rates[n] for n in tested["years"])
    if expected == 0:
        return Words(
            say(
                "Với bốn năm số liệu, kiểm định không thể kết luận chỉ tiêu nào có xu hướng rõ (p "
                "nhỏ nhất có thể là {least_p}).",
                least_p=number(ranks.least_p(4), 3),
            )
        )
    clear = tested["direction"].isin(["up", "down"])
    standing = int((clear & (tested["q_value"] < SURE_OF_TABLE)).sum())
    return Words(
        say(
            "Nếu không chỉ tiêu nào thật sự thay đổi, trong {tested} chỉ tiêu được kiểm định vẫn "
            "có khoảng {expected} chỉ tiêu trông như có xu hướng rõ; thực tế có {clear}. Khi "
            "tính đến việc kiểm định cả bảng của tỉnh cùng lúc (q dưới {least}), còn "
            "{standing} chỉ tiêu.",
            tested=len(tested),
            expected=number(expected, 1),
            clear=int(clear.sum()),
            least=number(SURE_OF_TABLE, 1),
            standing=standing,
        )
    )


def second_opinion(compared: pd.DataFrame, most: int = 8) -> Words:
    """How far the regression agrees with the ranks, and in words where it does not."""
    counts = compared["agree"].value_counts()
    judged = compared[compared["agree"] != "no_second"]
    if judged.empty:
        return Words(say("Chưa có chỉ tiêu nào đủ số liệu cho cách tính thứ hai."))
    lines = [
        say(
            "Cách tính thứ hai (hồi quy theo loại số liệu, các đơn vị chung một mức dao động) "
            "trùng với kiểm định thứ hạng ở {same} trên {judged} chỉ tiêu.",
            same=counts.get("same", 0),
            judged=len(judged),
        )
    ]
    without = len(compared) - len(judged)
    if without:
        lines.append(
            say(
                "{without} chỉ tiêu không tính được theo cách thứ hai ({why}).",
                without=without,
                why=_why(compared),
            )
        )
    apart = judged[judged["agree"] != "same"]
    order = {"opposite": 0, "only_first": 1, "only_second": 2}
    apart = apart.assign(order=apart["agree"].map(order)).sort_values(["order", "p_value_2"])
    lines += [_apart(row) for row in apart.head(most).to_dict("records")]
    if len(apart) > most:
        lines.append(
            say("Còn {more} chỉ tiêu khác hai cách tính không trùng nhau.", more=len(apart) - most)
        )
    return Words("\n".join(lines))


def one_year(influence: pd.DataFrame) -> Words:
    """What hangs on a single year, and which year to look at."""
    if influence.empty:
        return Words(say("Không có xu hướng nào thành rõ hay hết rõ chỉ vì một năm."))
    return Words("\n".join(_hangs(row) for row in influence.to_dict("records")))


def pooled(pooled: pd.DataFrame, trends: pd.DataFrame, most: int = 6) -> Words:
    """What sharing strength with the other districts changes, and by how much it was drawn."""
    rows = pooled[pooled["state"] == "pooled"]
    if rows.empty:
        return Words(say("Chưa đủ đơn vị và năm để tính chung xu hướng của cả tỉnh."))
    directions = trends.set_index("indicator")["direction"]
    before = rows["indicator"].map(directions)
    clear = rows["direction"].isin(["up", "down"])
    gained, lost = rows[clear & (before == "none")], rows[~clear & before.isin(["up", "down"])]
    lines = [
        say(
            "Tính chung với các đơn vị khác, {rows} chỉ tiêu giữ lại trung bình {kept} phần "
            "riêng của đơn vị, phần còn lại kéo về mức chung của tỉnh (càng ít chắc chắn càng "
            "kéo nhiều).",
            rows=len(rows),
            kept=percent(rows["kept"].mean(), 0),
        ),
        say(
            "Khi tính chung, {gained} từ chưa rõ thành rõ và {lost} từ rõ thành chưa rõ.",
            gained=_some(len(gained)),
            lost=_some(len(lost)),
        ),
    ]
    shown = pd.concat([lost, gained]).head(most)
    lines += [_drawn(row) for row in shown.to_dict("records")]
    if len(lost) + len(gained) > most:
        lines.append(
            say("Còn {more} chỉ tiêu khác: xem bảng.", more=len(lost) + len(gained) - most)
        )
    return Words("\n".join(lines))


def _some(count: int) -> str:
    return say("{count} chỉ tiêu", count=count) if count else say("không chỉ tiêu nào")


def _p(value: float) -> str:
    return say("p dưới 0,001") if value < 0.0005 else f"p = {number(value, 3)}"


def _why(compared: pd.DataFrame) -> str:
    """The reasons why there is no second opinion, counted."""
    words = {
        "too_few": say("chưa đủ năm"),
        "no_variation": say("số không đổi"),
        "exact": say("số liệu không dao động quanh đường xu hướng"),
        "not_converged": say("phép tính không hội tụ, chỉ dùng kiểm định thứ hạng"),
    }
    counts = compared.loc[compared["agree"] == "no_second", "state"].value_counts()
    said = [f"{counts[state]} {word}" for state, word in words.items() if state in counts]
    return "; ".join(said)


def _apart(row: dict) -> str:
    """Where the two ways of counting differ."""
    name, indicator = measure_name(row["indicator"]), row["indicator"]
    first, second = (say(DIRECTIONS[row[c]]) for c in ("direction", "direction_2"))
    per_year = [change(row[c], indicator) for c in ("slope_2", "low_2", "high_2")]
    return say(
        "{name}: kiểm định thứ hạng {first} ({p}), {family} {second} ({p_2}; mỗi năm "
        "{slope}, khoảng tin cậy 95% từ {low} đến {high}).",
        name=name,
        first=first,
        p=_p(row["p_value"]),
        family=say(FAMILIES[row["family"]]),
        second=second,
        p_2=_p(row["p_value_2"]),
        slope=per_year[0],
        low=per_year[1],
        high=per_year[2],
    )


def _hangs(row: dict) -> str:
    name = measure_name(row["indicator"])
    slope, without = (change(row[c], row["indicator"]) for c in ("slope", "without"))
    said = {
        "direction": say("không còn xu hướng rõ"),
        "size": say("mức thay đổi khác hẳn"),
        "hidden": say("có xu hướng rõ"),
    }[row["hangs"]]
    return say(
        "{name}: nếu bỏ năm {year} thì {said} (mỗi năm {without}, tính cả năm đó là "
        "{slope}). Cần xem lại số của năm này.",
        name=name,
        year=f"{row['year']:.0f}",
        said=said,
        without=without,
        slope=slope,
    )


def _drawn(row: dict) -> str:
    slope, low, high, own, province = (
        change(row[c], row["indicator"]) for c in ("slope", "low", "high", "own", "province")
    )
    return say(
        "{name}: riêng đơn vị {own}, mức chung của tỉnh {province}, tính chung "
        "{slope} mỗi năm (khoảng tin cậy 95% từ {low} đến {high}; giữ {kept} phần riêng): "
        "{said}.",
        name=measure_name(row["indicator"]),
        own=own,
        province=province,
        slope=slope,
        low=low,
        high=high,
        kept=percent(row["kept"], 0),
        said=say(DIRECTIONS[row["direction"]]),
    )
