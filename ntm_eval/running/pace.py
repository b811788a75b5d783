"""Which page first, and how long still: from how long pages took before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ntm_eval.running.manifest import Entry, Key
from ntm_eval.running.plan import Page

ANY = "*"


class Mean:
    """Running means by notebook, and of all."""

    def __init__(self) -> None:
        self.sums: dict[str, tuple[float, int]] = defaultdict(lambda: (0.0, 0))

    def add(self, notebook: str, seconds: float) -> None:
        for name in (notebook, ANY):
            total, times = self.sums[name]
            self.sums[name] = total + seconds, times + 1

    def of(self, notebook: str) -> float:
        total, times = self.sums[notebook]
        return total / times


class Pace:
    """What pages took in the last batch, and take in this one."""

    def __init__(self, before: Mapping[Key, Entry]):
        self._last = {key: e.seconds for key, e in before.items() if e.state == "done"}
        self._before, self._now = Mean(), Mean()
        for (notebook, _), seconds in self._last.items():
            self._before.add(notebook, seconds)

    def saw(self, entry: Entry) -> None:
        """A page made in this batch."""
        self._now.add(entry.notebook, entry.seconds)

    def longest_first(self, pages: Iterable[Page]) -> list[Page]:
        """A wave in an order that leaves no long page to the end; unknown ones keep theirs."""
        return sorted(pages, key=lambda page: -(self.expected(page) or 0.0))

    def expected(self, page: Page) -> float | None:
        """Seconds: the page's own last time, else the mean of its notebook, else of all."""
        if page.key in self._last:
            return self._last[page.key]
        for notebook in (page.notebook, ANY):
            for mean in (self._now, self._before):
                if notebook in mean.sums:
                    return mean.of(notebook)
        return None

    def left(self, pages: Iterable[Page], jobs: int) -> float | None:
        """Seconds for the pages still to come, `jobs` at once; None while nothing is known."""
        seconds = 0.0
        for page in pages:
            expected = self.expected(page)
            if expected is None:
                return None
            seconds += expected
        return seconds / jobs
