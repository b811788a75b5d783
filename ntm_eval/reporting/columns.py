"""How wide the columns of a printed table are, and how large its letters, to fit on paper."""

from __future__ import annotations

from ntm_eval.reporting.blocks import Table

HEADER = "header"
SIZES = (10, 9, 8, 7)  # points
LONG = 40  # rows of a table that takes pages, where small letters save them
LETTER = 0.54 * 25.4 / 72  # mm for each point of size: a letter of Times, digits and capitals among
PADDING = 3.2  # mm, both sides of a cell together, and what wide letters need
WHOLE = 13  # letters of a text so short that it is not parted: '● chưa rõ', 'TP Sơn La'
MOST_UNBROKEN = 24  # letters of a word, number or address that may ask for its whole width
LINES = 3  # a cell should not need more, where smaller letters can help
LONGEST = 60  # letters of one line beyond which more width helps reading less,
BEYOND = 3  # and of the rest asks for a third


def fit(table: Table, width: float) -> tuple[list[float], int]:
    """The width of each column in mm, together `width`, and the size of the letters in points.

    No word is broken and no number parted where any size allows it; what is left goes to the
    columns with the longest texts until they need no more, then to all alike.
    """
    cells = [
        [column.header, *(row[c] for row in table.rows)] for c, column in enumerate(table.columns)
    ]
    least = [
        max(_unbroken(texts[0], HEADER), *(_unbroken(t, column.css) for t in texts[1:]), 2)
        for texts, column in zip(cells, table.columns, strict=True)
    ]
    most = [
        max(floor, _wanted(max(map(len, texts)))) for floor, texts in zip(least, cells, strict=True)
    ]
    room = {size: (width - PADDING * len(least)) / (LETTER * size) for size in SIZES}
    sizes = SIZES[2:] if len(table.rows) > LONG else SIZES
    size = next((s for s in sizes if sum(least) <= room[s]), sizes[-1])
    spare = room[size] - sum(least)
    more = [high - low for low, high in zip(least, most, strict=True)]
    wanted = sum(more)
    share = min(1.0, spare / wanted) if spare > 0 and wanted > 0 else 0.0
    even = max(0.0, spare - wanted) / len(least)
    letters = [low + share * extra + even for low, extra in zip(least, more, strict=True)]
    scale = (width - PADDING * len(least)) / sum(letters)
    return [scale * n + PADDING for n in letters], size


def _wanted(longest: int) -> float:
    """The letters of a line that a column's longest text asks for."""
    return min(longest, LONGEST) + max(longest - LONGEST, 0) / BEYOND


def _unbroken(text: str, css: str) -> int:
    """The letters that stay on one line."""
    if css in ("num", "code") or (css != HEADER and len(text) <= WHOLE):
        return min(len(text), MOST_UNBROKEN)
    word = max(map(len, text.split()), default=0)
    few_lines = 0 if css == HEADER else len(text) / LINES
    return int(min(max(word, few_lines), MOST_UNBROKEN))
