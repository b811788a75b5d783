"""The places and works that the plan names."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.axes import Axes

from ntm_eval import notation, units
from ntm_eval.analysis.places import ALIVE, FALLS_TO_ZERO, Course, Story
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.notation import quantity
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Figure, Text
from ntm_eval.reporting.panels import COLUMNS, Panels
from ntm_eval.reporting.style import BLUE, TICKS

ALT = (
    "Mỗi ô một số của nơi được nêu tên trong kế hoạch: chấm là số từng năm, nét đứt là tiến "
    "độ bình quân, hình thoi là mục tiêu. Số đầu, số cuối và tiến độ ở đoạn văn cạnh hình."
)
BASES = {
    "steps": "theo tiến độ của các xã",
    "old_steps": "kịch bản theo tiến độ trước khi đổi bộ tiêu chí, chưa phải dự báo",
}


def summary(found: Sequence[Story]) -> Text:
    """A paragraph for each place: where it stands, its pace, when it would be done, how likely."""
    return Text("\n".join(_story(story) for story in found))


def goals(found: Sequence[Story]) -> tuple[Story, ...]:
    """The stories with one course each: that of the goal, of a herd the animals alive."""
    return tuple(replace(story, courses=(max(story.courses, key=_leads),)) for story in found)


def _leads(course: Course) -> tuple[bool, bool]:
    return not math.isnan(course.by), course.figure in (*FALLS_TO_ZERO, ALIVE)


def draw(ax: Axes, found: Sequence[Story]) -> Axes:
    """A panel for each figure of each place, year by year, with its average pace."""
    courses = [(story, course) for story in found for course in story.courses]
    if not courses:
        return style.no_data(ax)
    titles = [f"{course.name} ({_(course.unit)})" for story, course in courses]
    panels = Panels(ax, titles, len(courses) if len(courses) == len(found) == 4 else COLUMNS)
    for story, course in courses:
        _panel(panels, story, course)
    return panels.finish(
        _("Chấm: số từng năm; nét đứt: tiến độ bình quân; hình thoi: mục tiêu của Kế hoạch")
    )


def chart(found: Sequence[Story]) -> Figure:
    """The places that the plan names, year by year."""
    return Figure.drawn(
        draw,
        found,
        alt=ALT,
        tables="series",
        caption="Địa bàn, nhiệm vụ cụ thể nêu trong Kế hoạch, qua các năm",
    )


def _story(story: Story) -> str:
    parts = [_course(course) for course in story.courses]
    if not math.isnan(story.survival):
        text = "Cứ 100 con đã trao, nay có {alive:.0f} con bò, bê (kể cả bê sinh thêm)."
        parts.append(_(text, alive=story.survival * 100))
    return f"{_(story.place.title)}. " + " ".join([*parts, *_since_the_reform(story)])


def _since_the_reform(story: Story) -> list[str]:
    if story.became:
        was = notation.commune_name(str(story.place.commune_code))
        names = ", ".join(place(units.district(code).name) for code in story.became)
        text = "Từ 01/7/2025 {was} thuộc {names}: không còn số riêng của xã cũ."
        return [_(text, was=was, names=names)]
    if story.added_up:
        return [_("Từ năm 2025: cộng số của các xã, phường trên địa bàn huyện cũ.")]
    return []


def _course(course: Course) -> str:
    known = course.yearly.dropna()
    if known.empty:
        return _("{name}: chưa có số liệu.", name=course.name)
    now = _(
        "{name}: {now} (năm {last}), từ {then} năm {first}",
        name=course.name,
        now=quantity(known.iloc[-1], course.unit),
        last=int(known.index[-1]),
        then=quantity(known.iloc[0], course.unit),
        first=known.index[0],
    )
    return " ".join([f"{now}; {_pace(course)}.", *_ending(course)])


def _pace(course: Course) -> str:
    if math.isnan(course.pace):
        return _("chưa đủ số liệu ba năm theo cùng một chuẩn để đánh giá tiến độ")
    if course.pace == 0:
        return _("không đổi")
    return _(
        "mỗi năm tăng khoảng {pace}" if course.pace > 0 else "mỗi năm giảm khoảng {pace}",
        pace=quantity(round(abs(course.pace), 0 if abs(course.pace) >= 10 else 1), course.unit),
    )


def _ending(course: Course) -> list[str]:
    if course.now == 0 and course.done == course.yearly.index[-1]:
        return [_("Đã hoàn thành.")]
    said = []
    if not math.isnan(course.done):
        text = "Với tiến độ bình quân các năm, dự kiến hoàn thành trong năm {done}."
        said.append(_(text, done=f"{course.done:.0f}"))
    if not math.isnan(course.probability):
        said.append(
            _(
                "Khả năng mọi xã đủ 19 tiêu chí vào năm {by}: {likely} ({basis}).",
                by=f"{course.by:.0f}",
                likely=notation.likely(course.probability),
                basis=_(BASES[course.basis]),
            )
        )
    return said


def _panel(panels: Panels, story: Story, course: Course) -> None:
    panel = panels.add()
    known = course.yearly.dropna()
    if known.empty:
        panel.nothing()
        return
    years, ahead = [], []
    aimed = not math.isnan(course.goal)
    if not math.isnan(course.pace):
        years = [known.index[-1], course.by if aimed else known.index[-1] + 2]
        ahead = [max(known.iloc[-1] + course.pace * (x - years[0]), 0) for x in years]
    values = [*known, *ahead, *([course.goal] if aimed else [])]
    shown = [*known.index, *years, *([course.by] if aimed else [])]
    panel.scales(shown, 0, max(1, *values) * 1.25, style.ticks(course.unit))
    if years:
        panel.line(years, ahead, "pace", BLUE, 1.2, "dashed")
    panel.yearly(known.index, known)
    if aimed:
        panel.goal(course.by, course.goal)
    last = quantity(known.iloc[-1], course.unit, with_unit=False)
    falling = len(ahead) and course.pace < 0  # then nothing is above it at its right
    panel.name(known.index[-1], known.iloc[-1], last, ha="left" if falling else "right")
    panel.below(
        textwrap.fill(_(story.place.title), 100 // panels.columns), fontsize=6.5, color=TICKS
    )
