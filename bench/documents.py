"""What the official reports cost: CPU seconds of each form, a district's and the province's.

python bench/documents.py
"""

from __future__ import annotations

import time
from tempfile import TemporaryDirectory

import matplotlib as mpl

mpl.use("agg")

from ntm_eval import units
from ntm_eval.documents import district_report, result_book, review_report
from ntm_eval.reporting import pdf, word
from ntm_eval.review import Review
from ntm_eval.workspace import SAMPLE, workspace


def timed(make, *arguments):
    start = time.process_time()
    made = make(*arguments)
    return made, time.process_time() - start


def main() -> None:
    with TemporaryDirectory() as out:
        review = Review(workspace(2022, "annual", SAMPLE, out))
        _, first = timed(lambda: review.scores)
        print(f"| các bảng của tỉnh, không tính vào báo cáo | {first:.2f} |\n")
        print("| Báo cáo | dựng | DOCX | PDF | DOCX kB | PDF kB |\n|---|---|---|---|---|---|")
        total = 0.0
        for unit in [*units.districts(), None]:
            if unit:
                report, build = timed(district_report.report, review.district(unit.slug))
            else:
                report, build = timed(review_report.report, review)
            paper, docx = timed(word.docx, report)
            page, typeset = timed(pdf.pdf, report)
            total += build + docx + typeset
            sizes = f"{len(paper) / 1000:.0f} | {len(page) / 1000:.0f}"
            name = unit.short if unit else "toàn tỉnh"
            print(f"| {name} | {build:.2f} | {docx:.2f} | {typeset:.2f} | {sizes} |")
        _, book = timed(result_book.save, review)
        print(f"\n13 báo cáo: {total:.1f} s; bảng XLSX và gói dữ liệu: {book:.1f} s")


if __name__ == "__main__":
    main()
