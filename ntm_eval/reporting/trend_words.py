"""Trends by every method -> sentences: what agrees, what hangs on one year, what is shared."""

from __future__ import annotations

import pandas as pd

from ntm_eval.analysis import ranks
from ntm_eval.reporting import wording
from ntm_eval.reporting.wording import DIRECTIONS, Words, change, measure_name, number, percent

SURE_OF_TABLE = 0.1
FAMILIES = {"quasi-binomial": "hồi quy nhị thức", "quasi-Poisson": "hồi quy Poisson"}


def sentence(trend: pd.Series) -> str:
    """One trend, of whatever method, with its interval, years and q; `trend` is a table's row."""
    return wording.trend(trend)


def chance(trends: pd.DataFrame) -> Words:
    """How many of the clear trends chance alone would make, and how many stand the whole table."""
    tested = trends.dropna(subset="p_value")
    if tested.empty:
        return Words("Chưa có chỉ tiêu nào đủ năm để kiểm định xu hướng.")
    expected = sum(ranks.attained(int(n)) for n in tested["years"])
    if expected == 0:
        return Words(
            "Với bốn năm số liệu, kiểm định không thể kết luận chỉ tiêu nào có xu hướng rõ (p nhỏ "
            f"nhất có thể là {number(ranks.least_p(4), 3)})."
        )
    clear = tested["direction"].isin(["up", "down"])
    standing = int((clear & (tested["q_value"] < SURE_OF_TABLE)).sum())
    return Words(
        f"Nếu không chỉ tiêu nào thật sự thay đổi, trong {len(tested)} chỉ tiêu được kiểm định "
        f"vẫn có khoảng {number(expected, 1)} chỉ tiêu trông như có xu hướng rõ; thực tế có "
        f"{int(clear.sum())}. Khi tính đến việc kiểm định cả bảng của tỉnh cùng lúc "
        f"(q dưới {number(SURE_OF_TABLE, 1)}), còn {standing} chỉ tiêu."
    )


def second_opinion(compared: pd.DataFrame, most: int = 8) -> Words:
    """How far the regression agrees with the ranks, and in words where it does not."""
    counts = compared["agree"].value_counts()
    judged = compared[compared["agree"] != "no_second"]
    if judged.empty:
        return Words("Chưa có chỉ tiêu nào đủ số liệu cho cách tính thứ hai.")
    lines = [
        f"Cách tính thứ hai (hồi quy theo loại số liệu, các đơn vị chung một mức dao động) "
        f"trùng với kiểm định thứ hạng ở {counts.get('same', 0)} trên {len(judged)} chỉ tiêu."
    ]
    without = len(compared) - len(judged)
    if without:
        lines.append(f"{without} chỉ tiêu không tính được theo cách thứ hai{_why(compared)}.")
    apart = judged[judged["agree"] != "same"]
    order = {"opposite": 0, "only_first": 1, "only_second": 2}
    apart = apart.assign(order=apart["agree"].map(order)).sort_values(["order", "p_value_2"])
    lines += [_apart(row) for row in apart.head(most).to_dict("records")]
    if len(apart) > most:
        lines.append(f"Còn {len(apart) - most} chỉ tiêu khác hai cách tính không trùng nhau.")
    return Words("\n".join(lines))


def one_year(influence: pd.DataFrame) -> Words:
    """What hangs on a single year, and which year to look at."""
    if influence.empty:
        return Words("Không có xu hướng nào thành rõ hay hết rõ chỉ vì một năm.")
    return Words("\n".join(_hangs(row) for row in influence.to_dict("records")))


def pooled(pooled: pd.DataFrame, trends: pd.DataFrame, most: int = 6) -> Words:
    """What sharing strength with the other districts changes, and by how much it was drawn."""
    rows = pooled[pooled["state"] == "pooled"]
    if rows.empty:
        return Words("Chưa đủ đơn vị và năm để tính chung xu hướng của cả tỉnh.")
    directions = trends.set_index("indicator")["direction"]
    before = rows["indicator"].map(directions)
    clear = rows["direction"].isin(["up", "down"])
    gained, lost = rows[clear & (before == "none")], rows[~clear & before.isin(["up", "down"])]
    lines = [
        f"Tính chung với các đơn vị khác, {len(rows)} chỉ tiêu giữ lại trung bình "
        f"{percent(rows['kept'].mean(), 0)} phần riêng của đơn vị, phần còn lại kéo về mức chung "
        "của tỉnh (càng ít chắc chắn càng kéo nhiều).",
        f"Khi tính chung, {_some(len(gained))} từ chưa rõ thành rõ và {_some(len(lost))} từ rõ "
        "thành chưa rõ.",
    ]
    shown = pd.concat([lost, gained]).head(most)
    lines += [_drawn(row) for row in shown.to_dict("records")]
    if len(lost) + len(gained) > most:
        lines.append(f"Còn {len(lost) + len(gained) - most} chỉ tiêu khác: xem bảng.")
    return Words("\n".join(lines))


def _some(count: int) -> str:
    return f"{count} chỉ tiêu" if count else "không chỉ tiêu nào"


def _p(value: float) -> str:
    return "p dưới 0,001" if value < 0.0005 else f"p = {number(value, 3)}"


def _why(compared: pd.DataFrame) -> str:
    """The reasons why there is no second opinion, counted."""
    words = {
        "too_few": "chưa đủ năm",
        "no_variation": "số không đổi",
        "exact": "số liệu không dao động quanh đường xu hướng",
        "not_converged": "phép tính không hội tụ, chỉ dùng kiểm định thứ hạng",
    }
    counts = compared.loc[compared["agree"] == "no_second", "state"].value_counts()
    said = [f"{counts[state]} {word}" for state, word in words.items() if state in counts]
    return f" ({'; '.join(said)})" if said else ""


def _apart(row: dict) -> str:
    """Where the two ways of counting differ."""
    name, indicator = measure_name(row["indicator"]), row["indicator"]
    first, second = DIRECTIONS[row["direction"]], DIRECTIONS[row["direction_2"]]
    per_year = [change(row[c], indicator) for c in ("slope_2", "low_2", "high_2")]
    return (
        f"{name}: kiểm định thứ hạng {first} ({_p(row['p_value'])}), "
        f"{FAMILIES[row['family']]} {second} ({_p(row['p_value_2'])}; mỗi năm "
        f"{per_year[0]}, khoảng tin cậy 95% từ {per_year[1]} đến {per_year[2]})."
    )


def _hangs(row: dict) -> str:
    name = measure_name(row["indicator"])
    slope, without = (change(row[c], row["indicator"]) for c in ("slope", "without"))
    said = {
        "direction": "không còn xu hướng rõ",
        "size": "mức thay đổi khác hẳn",
        "hidden": "có xu hướng rõ",
    }[row["hangs"]]
    return (
        f"{name}: nếu bỏ năm {row['year']:.0f} thì {said} (mỗi năm {without}, tính cả năm đó là "
        f"{slope}). Cần xem lại số của năm này."
    )


def _drawn(row: dict) -> str:
    slope, low, high, own, province = (
        change(row[c], row["indicator"]) for c in ("slope", "low", "high", "own", "province")
    )
    return (
        f"{measure_name(row['indicator'])}: riêng đơn vị {own}, mức chung của tỉnh {province}, "
        f"tính chung {slope} mỗi năm (khoảng tin cậy 95% từ {low} đến {high}; giữ "
        f"{percent(row['kept'], 0)} phần riêng): {DIRECTIONS[row['direction']]}."
    )
