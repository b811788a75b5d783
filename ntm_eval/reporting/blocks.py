"""What a section of a report is made of: headings, texts, tables and figures.

A block shows itself in a notebook, is written to HTML, DOCX and PDF by their writers, and has the
DataFrame behind it as `frame`. Whatever stands in a text or a cell is escaped: names, raw texts and
messages come from the districts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from itertools import groupby
from typing import Any

import pandas as pd
from jinja2 import Environment

from ntm_eval import notation
from ntm_eval.characters import printable
from ntm_eval.language import MISSING, current
from ntm_eval.language import translate as _
from ntm_eval.reporting import style
from ntm_eval.workspace import VIETNAMESE

MOST_NAMED = 12  # names in one sentence; the rest are counted
MILLIMETRES = 25.4  # an inch
# what stands on a page above two lines of caption: a higher picture, of 75 rows, is made smaller
TALLEST = 230.0

# not Styler nor to_html: both lack header scopes, and Styler writes an id into every cell
PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
{% macro written(text, note) -%}
{% if note -%}
<details><summary>{{ text }}</summary>
{% for words, href in note %}
<p>{% if href %}<a href="{{ href }}">{{ words }}</a>{% else %}{{ words }}{% endif %}</p>
{% endfor %}
</details>
{%- else -%}
{{ text }}
{%- endif %}
{%- endmacro %}
{% macro of(column) -%}
{% if column.css %} class="{{ column.css }}"{% endif %}
{% if column.quoted and current() != "vi" %} lang="vi"{% endif %}
{%- endmacro %}
<div class="scroll">
<table>
<caption>{{ table.caption }}</caption>
<thead>
<tr>
{% for column in table.columns %}
<th scope="col"{% if column.css %} class="{{ column.css }}"{% endif %}>{{ column.header }}</th>
{% endfor %}
</tr>
</thead>
<tbody>
{% for row in table.rows %}
{% set number = loop.index0 %}
<tr{% if table.anchors %} id="{{ table.anchors[number] }}"{% endif %}>
{% for column, text in zip(table.columns, row) %}
{% set note = table.notes.get((number, loop.index0)) %}
{% if loop.first %}
<th scope="row"{{ of(column) }}>{{ text }}</th>
{% else %}
<td{{ of(column) }}>{{ written(text, note) }}</td>
{% endif %}
{% endfor %}
</tr>
{% else %}
<tr><td colspan="{{ table.columns | length }}">{{ table.empty }}</td></tr>
{% endfor %}
</tbody>
</table>
</div>
""")

# What stands behind one cell, a click away: lines, each with the address it leads to or "".
Note = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a part of the report (I, II …) or an annex."""

    text: str
    level: int = 1
    frame = None

    def _repr_html_(self) -> str:
        return f"<h{self.level + 1}>{escape(self.text)}</h{self.level + 1}>"


class Text(str):
    """Sentences that a notebook shows as paragraphs, and the frame that they are about."""

    frame: pd.DataFrame | None

    def __new__(cls, text: str = "", frame: pd.DataFrame | None = None) -> Text:
        """A text with the frame behind it."""
        made = super().__new__(cls, text)
        made.frame = frame
        return made

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in self.splitlines() if line.strip())

    def paragraphs(self) -> list[str]:
        """Its paragraphs, without what no document can hold."""
        whole = printable(self).replace("q = ", "q\u00a0=\u00a0")
        return [line.strip() for line in whole.splitlines() if line.strip()]

    def __repr__(self) -> str:
        return str(self)


class Quote(Text):
    """What a district wrote in its own words."""

    def _repr_html_(self) -> str:
        lang = "" if current() == VIETNAMESE else f' lang="{VIETNAMESE}"'
        return f"<blockquote{lang}>{super()._repr_html_()}</blockquote>"


def quote(text: str | None) -> Text:
    """The district's own words as a quotation, or that there are none."""
    return Quote(text) if text else Text(_("Báo cáo không ghi nội dung này."))


@dataclass(frozen=True)
class Column:
    """A header, and how its values are written."""

    header: str
    text: Callable[[Any], str | None] = str
    css: str = ""  # "num": set right; "code": never broken
    quoted: bool = False  # as a district wrote it, in Vietnamese whatever the report's language
    by_row: bool = False  # `text` is given a whole row, and gives None where there is nothing

    @classmethod
    def number(cls, header: str, decimals: int = 0) -> Column:
        """A column of numbers in the report's language."""
        return cls(header, partial(notation.number, decimals=decimals), css="num")

    @classmethod
    def percent(cls, header: str, decimals: int = 1) -> Column:
        """A column of shares 0..1 as per cent."""
        return cls(header, partial(notation.percent, decimals=decimals), css="num")

    @classmethod
    def of_row(cls, header: str, text: Callable[[Any], str | None], css: str = "") -> Column:
        """A column whose text is made of a whole row, given by column; None where there is none."""
        return cls(header, text, css, by_row=True)

    @classmethod
    def of_cells(cls, header: str, write: Callable[..., str | None], *names: str) -> Column:
        """A column whose text is made of the row's cells of these names."""
        return cls.of_row(header, lambda row: write(*(row[name] for name in names)), css="num")

    @classmethod
    def measured(cls, header: str, value: str) -> Column:
        """A column of figures of each row's indicator, with its unit of measure."""
        return cls.of_cells(header, notation.measured_as, value, "indicator")

    @classmethod
    def amount(cls, header: str, value: str) -> Column:
        """A column of figures in the row's `unit`, which stands in a column of its own."""
        return cls.of_cells(header, notation.amount, value, "unit")

    @classmethod
    def against_plan(cls, header: str, ratio: str) -> Column:
        """A column of results over plans."""
        return cls.of_cells(header, notation.against_plan, ratio, "indicator")

    @classmethod
    def change(cls, header: str, change: str) -> Column:
        """A column of yearly changes."""
        return cls.of_cells(header, notation.change, change, "indicator")

    @classmethod
    def span(cls, header: str, low: str, high: str, decimals: int = 0) -> Column:
        """A column of two ends as one text: '2–5'."""
        return cls.of_cells(header, partial(notation.span, decimals=decimals), low, high)

    def texts(self, frame: pd.DataFrame, name: str) -> list[str]:
        """What the column of this name says of each row; what is missing is a dash."""
        if self.by_row:
            texts = [self.text(row) for row in frame.to_dict("records")]
        else:
            texts = [None if pd.isna(value) else self.text(value) for value in frame[name]]
        return [MISSING if text is None else text for text in texts]


@dataclass(frozen=True, repr=False)
class Table:
    """A printed table: every cell is already text; `frame` has the values.

    On a page `notes` open from their cells (row, column), and `anchors` are the rows' ids.
    `common` marks what is the same for every district, as a plan for the next survey.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = style.NO_DATA
    notes: Mapping[tuple[int, int], Note] = field(default_factory=dict)
    anchors: tuple[str, ...] = ()
    frame: pd.DataFrame | None = field(default=None, compare=False)
    common: bool = False

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        columns: Mapping[str, Column],
        caption: str,
        empty: str = style.NO_DATA,
        *,
        notes: Mapping[str, Sequence[Note]] | None = None,
        anchors: Sequence[str] = (),
        common: bool = False,
    ) -> Table:
        """The named columns of a frame as a printed table; what is missing is a dash.

        Caption, headers and `empty` are translated. `notes` are given by column, one a row; an
        empty one is left out.
        """
        texts = [column.texts(frame, name) for name, column in columns.items()]
        behind = {
            (row, list(columns).index(name)): note
            for name, each in (notes or {}).items()
            for row, note in enumerate(each)
            if note
        }
        rows = tuple(zip(*texts, strict=True))
        heads = tuple(replace(column, header=_(column.header)) for column in columns.values())
        return cls(_(caption), heads, rows, _(empty), behind, tuple(anchors), frame, common)

    def without(self, *headers: str) -> Table:
        """The table without the columns of these headers, as they are shown."""
        left = [n for n, column in enumerate(self.columns) if column.header not in headers]
        columns = tuple(self.columns[n] for n in left)
        rows = tuple(tuple(row[n] for n in left) for row in self.rows)
        return replace(self, columns=columns, rows=rows)

    def without_repeats(self, *headers: str) -> Table:
        """The table without those of the named columns that say the same in every row.

        The caption says it once; where all rows are without it, nobody says anything.
        """
        named = [_(header) for header in headers]
        same = {
            column.header: {row[n] for row in self.rows}
            for n, column in enumerate(self.columns)
            if column.header in named
        }
        gone = {header: texts.pop() for header, texts in same.items() if len(texts) == 1}
        once = [f"{header}: {text}" for header, text in gone.items() if text != MISSING]
        return replace(self.without(*gone), caption="; ".join([self.caption, *once]))

    def html(self) -> str:
        """The table for a page."""
        return PAGE.render(table=self, zip=zip, current=current)

    def _repr_html_(self) -> tuple[str, dict[str, object]]:
        return self.html(), {"common": self.common}

    def __repr__(self) -> str:
        lines = [tuple(c.header for c in self.columns), *(self.rows or [(self.empty,)])]
        return "\n".join([self.caption, *(" | ".join(line) for line in lines)])


@dataclass(frozen=True, repr=False)
class Figure:
    """A picture at print resolution, with what it shows in words; sizes in millimetres.

    `tables` are the names of the review's tables that it was drawn from. `common` marks what is the
    same for every district: by itself, or because it says only that there is no data.
    """

    png: bytes
    caption: str
    alt: str
    width: float
    height: float
    tables: tuple[str, ...] = ()
    common: bool = False
    frame: pd.DataFrame | None = field(default=None, compare=False)

    @classmethod
    def drawn(
        cls,
        chart: Callable[..., object],
        *frames: Any,
        alt: str,
        caption: str = "",
        tables: str = "",
        common: bool = False,
        **size: Any,
    ) -> Figure:
        """A chart that draws its frames on an Axes; `size` is as of `style.figure`.

        What it shows in words, for those who cannot see it, is `alt`; `tables` are names with
        spaces between.
        """
        page = style.figure(chart, *frames, **size)
        width, height = (inches * MILLIMETRES for inches in page.get_size_inches())
        fit = min(1.0, TALLEST / height)
        frame = next((f for f in frames if isinstance(f, pd.DataFrame)), None)
        common |= all(ax.get_label() == style.NO_DATA for ax in page.axes)
        png, names = style.png(page), tuple(tables.split())
        return cls(png, _(caption), _(alt), width * fit, height * fit, names, common, frame)

    def __repr__(self) -> str:
        return f"<Figure: {self.caption}>"  # no address: same inputs, same page

    def _repr_png_(self) -> tuple[bytes, dict[str, object]]:
        """On a page, at its own size, with twice the dots."""
        shown = self.width / MILLIMETRES, self.height / MILLIMETRES
        width, height = (round(inches * style.DOTS) for inches in shown)
        return self.png, {
            "width": width,
            "height": height,
            "alt": self.alt,
            "tables": list(self.tables),
            "common": self.common,
        }


Block = Heading | Text | Table | Figure
Blocks = Iterator[Block]  # what composes a section gives them one by one


class Section(tuple[Block, ...]):
    """The blocks of one subject, in their order; a notebook shows one below the other."""

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for block in self:
            display(block)

    @property
    def table(self) -> Table:
        """Its first table."""
        return next(block for block in self if isinstance(block, Table))

    @property
    def frames(self) -> list[pd.DataFrame]:
        """The frames behind its blocks."""
        return [block.frame for block in self if block.frame is not None]


def listed(
    names: Iterable[str],
    most: int = MOST_NAMED,
    more: str = "{names} và {more} đơn vị khác",
    between: str = ", ",
) -> str:
    """The first names within a sentence, the others counted by the text `more`."""
    named = list(names)
    said = between.join(named[:most])
    return _(more, names=said, more=len(named) - most) if len(named) > most else said


def numbered(block: Block, counts: dict[str, int]) -> Block:
    """A block of a document: a table or figure is numbered on from `counts`, which count on.

    A figure without a caption has its title in itself, and no number.
    """
    if isinstance(block, Heading | Text) or not block.caption:
        return block
    kind = "Bảng" if isinstance(block, Table) else "Hình"
    counts[kind] = counts.get(kind, 0) + 1
    return replace(block, caption=f"{_(kind)} {counts[kind]}. {block.caption}")


def beside(blocks: Iterable[Block]) -> Iterator[Block | tuple[Figure, ...]]:
    """The blocks in their order; figures without a caption that follow each other as one row."""
    for untitled, run in groupby(blocks, lambda b: isinstance(b, Figure) and not b.caption):
        if untitled:
            yield tuple(block for block in run if isinstance(block, Figure))
        else:
            yield from run


@dataclass(frozen=True)
class Document:
    """An official document, in its order; without a `form` a page to look at, unsigned."""

    form: dict[str, str]  # the office's own texts, by the names of `official.csv`
    title: str
    subject: str
    year: int
    mark: str  # on every page; empty for real data
    summary: tuple[Block, ...]  # the leader's page
    body: tuple[Block, ...]
    annexes: tuple[Block, ...]
