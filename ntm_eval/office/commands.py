"""The daily commands: a folder to work in, a new year, who reported, is all well, the notebooks.

Arguments to functions, as in `cli`, which gives them their place in `ntm-eval`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ntm_eval.office import waiting
from ntm_eval.workspace import (
    GUIDE,
    OUTPUTS,
    RAW,
    ROOT,
    SAMPLE,
    TO_SEND,
    AnalystError,
    typed,
    workspace,
    write_beside,
    year_and_period,
)

# what several commands ask for
Data = Annotated[str | None, typer.Option(help="Thư mục báo cáo các huyện gửi.")]
Out = Annotated[str | None, typer.Option(help="Thư mục kết quả.")]


def init(
    folder: Annotated[Path, typer.Argument(help="Thư mục làm việc, mới hoặc đã có.")],
    sample: Annotated[bool, typer.Option(help="Chép kèm số liệu minh họa vào data/sample.")] = True,
) -> None:
    """Lập thư mục làm việc: sổ tay, bảng tham chiếu, hướng dẫn. Không ghi đè tệp nào.

    \b
    Ví dụ:
      ntm-eval init "Văn phòng Sơn La"
    """
    from ntm_eval.office import folder as place

    root = folder.absolute()
    typer.echo(place.lay_out(root).sentence)
    illustrative = root / SAMPLE.relative_to(ROOT)
    if sample and not illustrative.exists():
        place.illustrate(illustrative)
        typer.echo(f"Đã chép số liệu minh họa vào {illustrative}")
    step = "ntm-eval review --year 2022 --data data/sample"
    if not illustrative.exists():
        step = f"ntm-eval new-year {date.today().year}"
    typer.echo(f'Bước tiếp theo: cd "{root}" rồi {step}')
    typer.echo(f"Hướng dẫn từng bước: {root / GUIDE}; dễ đọc hơn trong JupyterLab: ntm-eval lab")


def new_year(
    year: Annotated[str, typer.Argument(help="Năm báo cáo sắp tới, ví dụ 2023.")],
    data: Data = None,
    out: Annotated[str | None, typer.Option(help="Thư mục kết quả của năm trước.")] = None,
    to: Annotated[Path, typer.Option(help="Thư mục để ghi các mẫu gửi đi.")] = TO_SEND,
) -> None:
    """Mở năm mới: thư mục nhận báo cáo, mẫu gửi các huyện, sổ theo dõi ngày nhận.

    \b
    Ví dụ:
      ntm-eval new-year 2023
    """
    from ntm_eval.office import year as opening

    number, _ = year_and_period(year, "annual")
    folders = (Path(typed(data, RAW)), to.absolute(), Path(typed(out, OUTPUTS)))
    made = []
    most = opening.most(number)
    for path in waiting.told(opening.begin(number, *folders), "Tạo mẫu, sổ theo dõi", most):
        made.append(path)
        waiting.say(f"Đã tạo {path}")
    typer.echo(opening.closing(len(made), number, *folders[:2]))


def status(
    year: Annotated[str | None, typer.Option(help="Năm báo cáo; mặc định năm mới nhất.")] = None,
    period: Annotated[str | None, typer.Option(help="Kỳ báo cáo: h1 hoặc annual.")] = None,
    data: Data = None,
    out: Out = None,
    today: Annotated[
        str | None, typer.Option(help="Ngày để tính hạn (ngày/tháng/năm); mặc định hôm nay.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="Ghi thêm thành một trang .html để mở mỗi sáng.")
    ] = None,
) -> None:
    """Cho biết ai đã gửi, ai muộn, phiếu nào chưa trả lời, kết quả còn mới không và nằm ở đâu.

    \b
    Ví dụ:
      ntm-eval status
      ntm-eval status --year 2022 --period h1 --data data/sample
      ntm-eval status --page tinh-hinh.html
    """
    from ntm_eval.office import status as standing

    folder = Path(typed(data, RAW))
    last = standing.latest(folder) if year is None else (year, "annual")
    space = workspace(last[0], period or last[1], folder, typed(out, OUTPUTS))
    found = standing.status(space, day(today, "--today"))
    for line in found.lines:
        typer.echo(line)
    if page:
        with write_beside(page.absolute()) as draft:
            draft.write_text(found.page, encoding="utf-8")
        typer.echo(f"\nĐã ghi {page}")


def inspect(
    year: Annotated[str, typer.Option(help="Năm báo cáo, ví dụ 2022.")],
    period: Annotated[str, typer.Option(help="Kỳ báo cáo: h1 hoặc annual.")] = "annual",
    data: Data = None,
    out: Out = None,
    to: Annotated[Path, typer.Option(help="Thư mục để ghi mẫu kiểm tra.")] = TO_SEND,
    number: Annotated[int, typer.Option(help="Số số liệu cần kiểm tra.")] = 24,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Số để rút ngẫu nhiên; mặc định là năm. Cùng số thì cùng kết quả."
        ),
    ] = None,
) -> None:
    """Đề xuất số liệu cần kiểm tra tại cơ sở, ghi thành mẫu để điền.

    \b
    Ví dụ:
      ntm-eval inspect --year 2022
      ntm-eval inspect --year 2022 --number 40 --seed 7 --to "kiểm tra"
    """
    from ntm_eval.office import visits
    from ntm_eval.review import open_review

    when, period = year_and_period(year, period)
    chosen_by = when if seed is None else seed
    for name, value, least in (("--number", number, 1), ("--seed", chosen_by, 0)):
        if value < least:
            raise AnalystError(f"{name} phải từ {least} trở lên, không phải {value}.")
    review = open_review(when, period, typed(data, RAW), typed(out, OUTPUTS))
    path, chosen = visits.propose(review, number, chosen_by, to.absolute())
    typer.echo(f"Đã tạo {path}: {visits.told(chosen)}; rút ngẫu nhiên theo số {chosen_by}.")
    typer.echo(
        f"Điền xong, đặt vào {review.space.received(when, period)} dưới tên {visits.FILLED}."
    )


def doctor() -> None:
    """Xem máy đã sẵn sàng chưa: Python, thư viện, phông chữ, LibreOffice, đĩa, quyền ghi...

    \b
    Ví dụ:
      ntm-eval doctor
    """
    from ntm_eval.office import doctor as checks

    colours = {checks.OK: "green", checks.WARN: "yellow", checks.BAD: "red"}
    worst = 0
    for look in waiting.told(checks.CHECKS, "Xem máy"):
        found = look()
        worst |= found.state == checks.BAD
        for line in found.lines:
            echo(line, colours[found.state])
    raise typer.Exit(int(worst))


def lab(
    port: Annotated[int, typer.Option(help="Cổng; bận thì lấy cổng khác.")] = 8888,
    more: Annotated[
        list[str] | None, typer.Argument(help="Tham số của JupyterLab, sau dấu --.")
    ] = None,
) -> None:
    """Mở các sổ tay trong JupyterLab tiếng Việt, bắt đầu từ trang 00_start.

    \b
    Ví dụ:
      ntm-eval lab
      ntm-eval lab -- --no-browser
    """
    from ntm_eval.office import lab as notebooks

    typer.echo("Đang khởi động JupyterLab; trình duyệt tự mở khi xong. Dừng: Ctrl-C ở đây.")
    notebooks.start(port, more or [])


def indicators(
    out: Annotated[Path, typer.Option(help="Tệp Markdown để ghi.")] = Path("chi-tieu.md"),
) -> None:
    """Viết từ điển chỉ tiêu (các mục của phiếu PIRS) từ bảng tham chiếu.

    \b
    Ví dụ:
      ntm-eval indicators --out chi-tieu.md
    """
    from ntm_eval.office.dictionary import dictionary

    with write_beside(out.absolute()) as draft:
        draft.write_text(dictionary(date.today()), encoding="utf-8", newline="\n")
    typer.echo(f"Đã ghi {out}")


ALL: dict[str, Callable[..., None]] = {
    "init": init,
    "new-year": new_year,
    "status": status,
    "inspect": inspect,
    "doctor": doctor,
    "indicators": indicators,
    "lab": lab,
}


def day(typed_day: str | None, option: str) -> date:
    """A day as typed, day before month; where none is typed, today.

    Raises
    ------
    AnalystError
        Where it is no day.
    """
    from ntm_eval.intake import values

    if typed_day is None:
        return date.today()
    if (found := values.read_date(typed_day)) is None:
        raise AnalystError(f"{option}: '{typed_day}' không phải ngày. Ghi ngày/tháng/năm.")
    return found


def echo(line: str, colour: str) -> None:
    """A line in colour on a terminal that can and may show it, else plain."""
    may = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    waiting.say(typer.style(line, fg=colour) if may else line)
