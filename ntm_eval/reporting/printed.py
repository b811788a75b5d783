"""A frame as a printed table: clean HTML for the page, plain text for comparing.

Whatever stands in a cell is escaped: names, raw texts and messages come from the districts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from jinja2 import Environment

from ntm_eval import notation
from ntm_eval.language import say, spoken

NO_DATA = "Không có số liệu"

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
{% if column.quoted and spoken() != "vi" %} lang="vi"{% endif %}
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
class Column:
    """A header, and how its values are written."""

    header: str
    text: Callable[[Any], str] = str
    css: str = ""  # "num": set right; "code": never broken
    quoted: bool = False  # as a district wrote it, in Vietnamese whatever is spoken


@dataclass(frozen=True, repr=False)
class Table:
    """A printed table: every cell is already text.

    On a page `notes` open from their cells (row, column), and `anchors` are the rows' ids.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = NO_DATA
    notes: Mapping[tuple[int, int], Note] = field(default_factory=dict)
    anchors: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        return PAGE.render(table=self, zip=zip, spoken=spoken)

    def __repr__(self) -> str:
        lines = [tuple(c.header for c in self.columns), *(self.rows or [(self.empty,)])]
        return "\n".join([self.caption, *(" | ".join(line) for line in lines)])


def number(header: str, decimals: int = 0) -> Column:
    """A column of Vietnamese numbers."""
    return Column(header, lambda value: notation.number(value, decimals), css="num")


def percent(header: str, decimals: int = 1) -> Column:
    """A column of shares 0..1 as Vietnamese per cent."""
    return Column(header, lambda share: notation.percent(share, decimals), css="num")


def band(low: float, high: float, decimals: int = 0) -> str | None:
    """Two ends as '2–5', as '3' where they are written the same; None where one is not known."""
    if pd.isna(low) or pd.isna(high):
        return None
    ends = [notation.number(end, decimals) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def show(
    frame: pd.DataFrame,
    columns: Mapping[str, Column],
    caption: str,
    empty: str = NO_DATA,
    *,
    notes: Mapping[str, Sequence[Note]] | None = None,
    anchors: Sequence[str] = (),
) -> Table:
    """The named columns of a frame as a printed table; what is missing is a dash.

    Headers and `empty` are said in the language spoken, and a caption that is not yet.

    `notes` are given by column, one a row; an empty one is left out.
    """
    texts = [
        [notation.MISSING if pd.isna(value) else column.text(value) for value in frame[name]]
        for name, column in columns.items()
    ]
    behind = {
        (row, list(columns).index(name)): note
        for name, each in (notes or {}).items()
        for row, note in enumerate(each)
        if note
    }
    rows = tuple(zip(*texts, strict=True))
    heads = tuple(replace(column, header=say(column.header)) for column in columns.values())
    return Table(say(caption), heads, rows, say(empty), behind, tuple(anchors))
