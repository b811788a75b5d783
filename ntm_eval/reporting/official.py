"""A report before it takes a form: the pieces that DOCX and PDF are both made from.

Sentences are `wording.Words`, the districts' own are `wording.Quote`, tables are `printed.Table`,
as on the pages of the notebooks; a picture is drawn once for both forms.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ntm_eval import reference
from ntm_eval.characters import printable
from ntm_eval.language import say
from ntm_eval.notation import MISSING
from ntm_eval.reporting import style
from ntm_eval.reporting.printed import Table
from ntm_eval.reporting.wording import Words

# what stands on every official paper, in the templates too
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
RECEIVERS = "Nơi nhận:"
MILLIMETRES = 25.4  # an inch
# What stands on a page between its margins with two lines of caption below: a picture of 75 rows is
# made smaller, else its last rows would lie outside.
TALLEST = 230.0


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a part of the report (I, II …) or an annex."""

    text: str
    level: int = 1


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture at print resolution, with what it shows in words; sizes in millimetres."""

    png: bytes
    caption: str
    alt: str
    width: float
    height: float

    def __repr__(self) -> str:
        return f"<Figure: {self.caption}>"  # no address: same inputs, same page

    def _repr_png_(self) -> tuple[bytes, dict[str, object]]:
        """On a page, at its own size, with twice the dots."""
        shown = self.width / MILLIMETRES, self.height / MILLIMETRES
        width, height = (round(inches * style.DOTS) for inches in shown)
        return self.png, {"width": width, "height": height, "alt": self.alt}


Block = Heading | Words | Table | Picture


@dataclass(frozen=True)
class Report:
    """Everything that stands in an official report, in its order."""

    form: dict[str, str]  # the office's own texts, by the names of `official.csv`
    title: str
    subject: str
    year: int
    mark: str  # on every page; empty for real data
    summary: tuple[Block, ...]  # the leader's page
    body: tuple[Block, ...]
    annexes: tuple[Block, ...]


def draw(
    chart: Callable[..., object], caption: str, alt: str, *tables: object, **size: Any
) -> Picture:
    """A chart as a picture; what it shows in words, for those who cannot see it, is `alt`.

    The chart is given its Axes and the tables; `size` is as of `style.figure`.
    """
    page = style.figure(chart, *tables, **size)
    width, height = (inches * MILLIMETRES for inches in page.get_size_inches())
    fit = min(1.0, TALLEST / height)
    return Picture(style.png(page), caption, say(alt), width * fit, height * fit)


def office(day: date) -> dict[str, str]:
    """The office's own texts of an official report on a day (`data/reference/official.csv`)."""
    return {name: say(text) for name, text in reference.official(day).items()}


def numbered(report: Report) -> Report:
    """The report with its tables and pictures numbered through, in reading order.

    Its headings are said in the language spoken, and those that are already said stay.
    """
    counts = {"Bảng": 0, "Hình": 0}

    def each(blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            if isinstance(block, Heading):
                yield dataclasses.replace(block, text=say(block.text))
                continue
            if not isinstance(block, Table | Picture):
                yield block
                continue
            kind = "Bảng" if isinstance(block, Table) else "Hình"
            counts[kind] += 1
            caption = f"{say(kind)} {counts[kind]}. {block.caption}"
            yield dataclasses.replace(block, caption=caption)

    summary, body, annexes = map(tuple, map(each, (report.summary, report.body, report.annexes)))
    return dataclasses.replace(report, summary=summary, body=body, annexes=annexes)


def once(table: Table, *headers: str) -> Table:
    """The table without those of the named columns that say the same in every row.

    The caption says it once; where all rows are without it, nobody says anything.
    """
    said = [say(header) for header in headers]
    same = {
        n: {row[n] for row in table.rows}
        for n, column in enumerate(table.columns) if column.header in said
    }  # fmt: skip
    gone = {n: texts.pop() for n, texts in same.items() if len(texts) == 1}
    told = [f"{table.columns[n].header}: {text}" for n, text in gone.items() if text != MISSING]
    left = [n for n in range(len(table.columns)) if n not in gone]
    return dataclasses.replace(
        table,
        caption="; ".join([table.caption, *told]),
        columns=tuple(table.columns[n] for n in left),
        rows=tuple(tuple(row[n] for n in left) for row in table.rows),
    )


def paragraphs(words: Words) -> list[str]:
    """The paragraphs of some sentences, without what no document can hold."""
    whole = printable(words).replace("q = ", "q\u00a0=\u00a0")
    return [line.strip() for line in whole.splitlines() if line.strip()]
