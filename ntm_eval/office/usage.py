"""A command that was typed wrongly, as a letter: what is wrong, what may have been meant."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from ntm_eval.spellings import did_you_mean
from ntm_eval.workspace import AnalystError


class Commands(TyperGroup):
    """The commands, which propose the nearest where there is none of the name that was typed."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As typer does.

        Raises
        ------
        AnalystError
            Listing the commands.
        """
        known = list(self.commands)
        if args[0] not in known and not args[0].startswith("-"):
            raise AnalystError(
                f"Không có lệnh '{args[0]}'.{did_you_mean(args[0], known)} "
                f"Các lệnh: {', '.join(known)}."
            )
        return super().resolve_command(ctx, args)


def letter(wrong: typer.TyperException) -> str:
    """What typer refuses, which it says in English."""
    option, param = getattr(wrong, "option_name", None), getattr(wrong, "param", None)
    name = next((word for word in getattr(param, "opts", ()) if word.startswith("--")), "")
    meant = getattr(param, "help", None) or ""
    match type(wrong).__name__:
        case "NoSuchOption":
            known = getattr(wrong, "possibilities", None) or ()
            near = f" Ý bạn là {' hay '.join(known)}?" if known else ""
            said = f"Không có tùy chọn {option}.{near}"
        case "BadOptionUsage":
            said = f"Tùy chọn {option} thiếu giá trị đứng sau, hoặc thừa giá trị."
        case "MissingParameter":
            said = f"Thiếu {name or 'thông tin'}: {meant}"
        case "BadParameter" if param is not None:
            said = f"Giá trị của {name or 'lệnh'} không dùng được: {meant}"
        case _:
            said = (
                f"Lệnh gõ chưa đúng ({wrong}). Tên hoặc cụm từ có dấu cách phải đặt trong dấu "
                'ngoặc kép, ví dụ "6 tháng".'
            )
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context else "ntm-eval"
    return f"{said} Xem ví dụ: {path} --help."
