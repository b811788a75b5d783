"""What the leaders have to decide, and the findings of the year that matter most."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis.places import Story
from ntm_eval.analysis.ranking import NO_GRADE, NOT_YET
from ntm_eval.analysis.scheme import Scheme
from ntm_eval.analysis.titles import Titled
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name, number, percent, reporters
from ntm_eval.reporting.blocks import Column, Table, Text, listed
from ntm_eval.reporting.sections import held
from ntm_eval.reporting.sections.communes import criteria_names, limits
from ntm_eval.reporting.sections.places import BASES
from ntm_eval.reporting.sections.ranking import high_grades
from ntm_eval.reporting.sections.scorecard import CORE

COLUMNS = ["matter", "figure", "basis", "proposal"]
CASES = 2  # units whose grade is in doubt that have a line of their own
TOLD = 12  # units named where none may be left out
NAMED = 5  # units named in one cell; the rest are counted
FINDINGS, UNCOMFORTABLE = 3, 2  # that are told; that come first, where there are so many
MANY = 0.5  # of the plans, units or communes, from where on a finding is one

Line = tuple[str, str, str, str]
Finding = tuple[str, str, str | None]  # what it is, its sentence, its indicator


def to_decide(
    ranking: pd.DataFrame,
    pending: pd.DataFrame,
    register: pd.DataFrame,
    facts: pd.DataFrame,
    decisions: pd.DataFrame,
    rules: Scheme,
    places: Sequence[Story],
) -> Table:
    """What the leaders must decide, a row each: the matter, its figure, basis and a proposal."""
    lines: list[Line] = []
    if not ranking["grade"].eq(NOT_YET).any():  # after six months nobody has a grade
        waiting = ranking[~ranking["district_code"].isin(decisions["district_code"])]
        lines += [*_grades(waiting), *_cases(waiting, pending, rules)]
    lines += [*_together(ranking), *_missing(register), *_asked(facts), *_hard(places)]
    frame = pd.DataFrame([(f"{n}. {m}", *o) for n, (m, *o) in enumerate(lines, 1)], columns=COLUMNS)
    columns = {
        "matter": Column("Việc"),
        "rests": Column.of_row("Số liệu và căn cứ", lambda r: f"{r['figure']}. {r['basis']}"),
        "proposal": Column("Đề xuất"),
    }
    return Table.from_frame(frame, columns, "Việc cần quyết định", "Không có việc nào.")


def _grades(waiting: pd.DataFrame) -> Iterator[Line]:
    if len(waiting):
        counts = waiting["grade"].value_counts()
        order = waiting.sort_values("points", ascending=False)["grade"].unique()
        yield (
            _(
                "Xem xét, quyết định xếp loại {count} {who}",
                count=len(waiting),
                who=reporters(waiting["district_code"].iloc[0]),
            ),
            ", ".join(f"{counts[grade]} {notation.grade(grade)}" for grade in order),
            _(
                "Điểm đề xuất và mức dao động tại mục III; báo cáo chỉ là một trong những cơ sở "
                "xếp loại"
            ),
            _("Quyết định theo đề xuất, trừ các trường hợp cần cân nhắc"),
        )


def _cases(ranking: pd.DataFrame, pending: pd.DataFrame, rules: Scheme) -> Iterator[Line]:
    """Units whose grade hangs on how points are counted or on answers, the nearest limit first."""
    found = ranking.dropna(subset="points")
    found = found.assign(
        near=[_limit(row, rules) for row in found.to_dict("records")],
        settled=found["grade_low"] == found["grade_high"],
    )
    found = found[found["near"].notna() | ~found["settled"]]
    far = (found["points"] - found["near"]).abs().fillna(100.0)
    found = found.assign(far=far).sort_values(["settled", "far", "district_code"])
    for row in found.head(CASES).to_dict("records"):
        # what answers would make of it says more than how far points swing
        asked = "" if row["settled"] else held.grade(ranking, pending, row["district_code"])
        wide = "" if pd.isna(row["near"]) else "Điểm dao động quanh ngưỡng {limit} ({span})."
        span = notation.span(row["points_low"], row["points_high"], 1)
        yield (
            _("Cân nhắc trường hợp {name}", name=district_name(row["district_code"])),
            _("{grade} ({points:.1f})", row, grade=notation.grade(row["grade"])),
            asked or _(wide, limit=number(row["near"]), span=span),
            _("Quyết định sau khi có giải trình")
            if asked
            else _("Xem xét thêm chất lượng công việc trước khi xếp loại"),
        )
    if len(more := found.iloc[CASES:]):
        yield (
            _("Cân nhắc {count} đơn vị khác có thể thay đổi mức xếp loại", count=len(more)),
            listed(map(_case, more.to_dict("records")), NAMED),
            _("Cách tính điểm khác có thể cho mức xếp loại khác"),
            _("Xem xét cùng các trường hợp trên"),
        )


def _case(row: dict) -> str:
    return _(
        "{name}: {grade} ({points:.1f}; từ {points_low:.1f} đến {points_high:.1f})",
        row,
        name=district_name(row["district_code"]),
        grade=notation.grade(row["grade"]),
    )


def _limit(row: dict, rules: Scheme) -> float:
    """The nearest least points of a grade within a unit's interval; NaN where there is none."""
    limits = rules.grades["at_least"]
    inside = limits[limits.between(row["points_low"], row["points_high"], inclusive="right")]
    far = (inside - row["points"]).abs()
    return math.nan if inside.empty else float(inside[far.idxmin()])


def _together(ranking: pd.DataFrame) -> Iterator[Line]:
    groups = ranking.dropna(subset="group").groupby("group")["district_code"]
    names = [
        _(
            "nhóm {group}: {names}",
            group=number(group),
            names=listed(map(district_name, codes), TOLD),
        )
        for group, codes in groups
        if len(codes) > 1
    ]
    if names:
        yield (
            _("Không xếp thứ tự giữa các đơn vị trong cùng nhóm"),
            notation.sentence("; ".join(names))[:-1],
            _("Thứ hạng thay đổi theo cách tính điểm nên chưa đủ căn cứ xếp trước, sau"),
            _("Không công bố thứ hạng trong nhóm; mức xếp loại vẫn theo điểm từng đơn vị"),
        )


def _missing(register: pd.DataFrame) -> Iterator[Line]:
    missing = register[register["status"] == "missing"]["district"]
    if len(missing):
        yield (
            _("Đôn đốc báo cáo"),
            listed(map(place, missing), NAMED),
            _("Chưa có báo cáo của kỳ, chưa đủ căn cứ đánh giá"),
            _("Yêu cầu gửi báo cáo trước khi xếp loại"),
        )


def _asked(facts: pd.DataFrame) -> Iterator[Line]:
    """Whose figures are held back or could not be read, the most first."""
    asked = facts[facts["held"].notna() | facts["state"].eq("rejected")]
    counts = asked.drop_duplicates(["district_code", "indicator"])["district_code"].value_counts()
    if len(counts):
        yield (
            _("Yêu cầu giải trình số liệu"),
            listed((f"{district_name(str(c))} ({n})" for c, n in counts.items()), TOLD),
            _(
                "Trong ngoặc là số chỉ tiêu đang đề nghị giải trình, chưa tính vào tổng số và "
                "nhận xét (Phụ lục V)"
            ),
            _("Gửi Phiếu đề nghị giải trình"),
        )


def _hard(places: Sequence[Story]) -> Iterator[Line]:
    for story in places:
        for course in (course for course in story.courses if course.hard):
            by = "" if pd.isna(course.by) else f"{course.by:.0f}"
            yield (
                _("Cho ý kiến về việc khó đạt mục tiêu: {title}", title=_(story.place.title)),
                _(
                    "Khả năng đạt: {likely} ({basis})",
                    likely=notation.likely(course.probability),
                    basis=_(BASES[course.basis]),
                )
                if pd.notna(course.probability)
                else _("Với tiến độ bình quân, chưa hoàn thành trước cuối năm {by}", by=by),
                _("Tiến độ qua các năm, mục II"),
                _("Chỉ đạo rà soát tiến độ, nguồn lực"),
            )
            break


def findings(
    totals: pd.DataFrame,
    shared: pd.DataFrame,
    attainment: pd.DataFrame,
    ranking: pd.DataFrame,
    titled: Titled,
    lacking: pd.DataFrame,
    on: date,
) -> Text:
    """The three findings of the year, the uncomfortable first; `frame` has all candidates.

    In this order, two of: plans that are seldom met beside grades that are mostly high; the core
    plan that the province is furthest from; what got worse every year in most units; criteria that
    communes lost; the criterion that most communes lack; criteria marked met against the
    commune's own figures. Then what got better in most units, or one more of these. `totals` is
    `analysis.province.totals` with `due`, and `lacking` `criteria.lacking`; what leaves out held
    figures is not told.
    """
    bad = [
        *_seldom(attainment, ranking, on),
        *_furthest(totals),
        *_shared(shared, "worse"),
        *_lost(titled.changes),
        *_lacking(lacking),
        *_against(titled.doubts),
    ]
    good = _shared(shared, "better")
    chosen = [*bad[:UNCOMFORTABLE], *good[:1], *bad[UNCOMFORTABLE:], *good[1:]][:FINDINGS]
    every = pd.DataFrame([*bad, *good], columns=["kind", "said", "indicator"])
    every = every.assign(chosen=every["said"].isin([said for _kind, said, _of in chosen]))
    lines = [f"{n}. {said}" for n, (_kind, said, _of) in enumerate(chosen, 1)]
    return Text("\n".join(lines) or _("Chưa đủ số liệu để nêu nhận định."), every)


def _seldom(attainment: pd.DataFrame, ranking: pd.DataFrame, on: date) -> list[Finding]:
    known = attainment.dropna(subset="indicators")
    plans, met = known["indicators"].sum(), known["met"].sum()
    of = ranking[~ranking["grade"].isin([NO_GRADE, NOT_YET])]
    best = high_grades(on)
    high = int(of["grade"].isin(best).sum())
    if not plans or met / plans >= MANY or not len(of) or high / len(of) < MANY:
        return []
    said = _(
        "{high}/{count} đơn vị được đề xuất {grade} trở lên, trong khi cả tỉnh chỉ đạt {met}/"
        "{plans} mức kế hoạch ({share}); điểm tính cả phần thực hiện chưa đạt kế hoạch (căn cứ: "
        "kế hoạch năm của các đơn vị và bảng điểm).",
        high=high,
        count=len(of),
        grade=notation.grade(best[-1]),
        met=number(met),
        plans=number(plans),
        share=percent(met / plans),
    )
    return [("attainment", said, None)]


def _furthest(totals: pd.DataFrame) -> list[Finding]:
    """The core plan furthest from what was due; none of a total that leaves a figure out."""
    known = totals.join(reference.catalogue()[["core", "better", "unit"]], on="indicator")
    core = known[known["core"].isin(CORE) & (known["better"] == "up") & known["held"].isna()]
    rows = core.assign(reached=core["ratio"] / core["due"]).query("reached < 1")
    if rows.empty:
        return []
    row = rows.loc[rows["reached"].idxmin()]
    said = _(
        "{name} đạt {ratio} kế hoạch năm của toàn tỉnh ({actual}/{plan}); so với mức phải đạt "
        "trong kỳ, đây là chỉ tiêu thấp nhất trong các chỉ tiêu chính (căn cứ: {districts}/"
        "{expected} đơn vị có cả kế hoạch và thực hiện).",
        name=reference.indicator_name(row["indicator"]),
        ratio=percent(row["ratio"]),
        actual=notation.amount(row["planned_actual"], row["unit"]),
        plan=notation.quantity(row["plan"], row["unit"]),
        districts=number(row["compared"]),
        expected=number(row["expected"]),
    )
    return [("plan", said, row["indicator"])]


def _shared(shared: pd.DataFrame, good: str) -> list[Finding]:
    """What most units have in common, tested first, the least likely by chance first."""
    rows = shared[shared["shared"] & (shared["good"] == good)]
    rows = rows.sort_values(["basis", "p_value", "indicator"], ascending=[False, True, True])
    return [
        (
            good,
            _(
                "{name} {went} từ {first} (năm {first_year}) {to} {last} (năm {last_year}); {went} "
                "ở {districts}/{expected} đơn vị (căn cứ: các đơn vị báo cáo đủ {years} năm).",
                name=notation.measure(row["indicator"]),
                went=_("tăng") if row["direction"] == "up" else _("giảm"),
                to=_("lên") if row["direction"] == "up" else _("xuống"),
                first=notation.measured(row["first"], row["indicator"]),
                last=notation.measured(row["last"], row["indicator"]),
                first_year=f"{row['first_year']:.0f}",
                last_year=f"{row['last_year']:.0f}",
                districts=row["districts"],
                expected=row["expected"],
                years=row["years"],
            ),
            row["indicator"],
        )
        for row in rows.to_dict("records")
    ]


def _lost(changes: pd.DataFrame) -> list[Finding]:
    compared = changes[changes["state"].isin(["compared", "new_rules"])]
    lost = int((compared["lost"] != "").sum())
    if not lost:
        return []
    said = _(
        "{count}/{of} xã có tiêu chí nông thôn mới năm trước ghi đạt, năm nay ghi chưa đạt (căn "
        "cứ: báo cáo hai năm của các xã).",
        count=lost,
        of=len(compared),
    )
    return [("lost", said, None)]


def _lacking(lacking: pd.DataFrame) -> list[Finding]:
    if lacking.empty or lacking.iloc[0]["communes"] < MANY * lacking.iloc[0]["known"]:
        return []
    row = lacking.iloc[0]
    said = _(
        "{criterion} chưa đạt ở {count}/{of} xã, nhiều nhất trong các tiêu chí nông thôn mới (căn "
        "cứ: báo cáo của các xã).",
        criterion=notation.sentence(criteria_names(row["criterion"]))[:-1],
        count=row["communes"],
        of=row["known"],
    )
    return [("lacking", said, None)]


def _against(doubts: pd.DataFrame) -> list[Finding]:
    asked = doubts[doubts["rule"] == "mark_against_figure"]
    if asked.empty:
        return []
    criterion = asked["criterion"].value_counts().index[0]
    said = _(
        "{count} xã ghi đạt {criterion} trong khi số liệu của chính xã vượt mức {limit} (căn cứ: "
        "báo cáo của các xã; mức này chưa kiểm chứng, cần hỏi lại).",
        count=int((asked["criterion"] == criterion).sum()),
        criterion=criteria_names(criterion),
        limit=_(limits()[criterion]),
    )
    return [("against", said, None)]
