"""What the disk refuses, in words; and what is read from it or removed, whatever it is."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import time
from pathlib import Path

# each a sentence about {where}: what is wrong, what to do
FULL = (
    "đĩa đã đầy khi ghi {where}. Giải phóng chỗ trống rồi chạy lại lệnh: phần đã lập xong được "
    "giữ nguyên."
)
HELD = (
    "không có quyền đọc hoặc ghi {where}, hoặc tệp đang mở trong Word, Excel. Đóng tệp, hoặc sửa "
    "quyền, hoặc chọn thư mục khác, rồi chạy lại lệnh: bản cũ còn nguyên."
)
IN_THE_WAY = (
    "{where}: trên đường dẫn này có một tệp ở chỗ phải là thư mục. Chuyển tệp đó đi hoặc chọn thư "
    "mục khác, rồi chạy lại lệnh."
)
WORDS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: "{where} lớn hơn mức mà đĩa cho phép. Ghi vào đĩa khác, rồi chạy lại lệnh.",
    errno.EACCES: HELD,
    errno.EPERM: HELD,
    errno.EROFS: "{where} nằm trên đĩa chỉ đọc. Chọn thư mục khác, rồi chạy lại lệnh.",
    errno.ENOTDIR: IN_THE_WAY,
    errno.EEXIST: IN_THE_WAY,
    errno.EISDIR: "{where} là thư mục, không phải tệp. Chuyển thư mục đó đi, rồi chạy lại lệnh.",
    errno.ENAMETOOLONG: "tên hoặc đường dẫn quá dài: {where}. Đặt tên ngắn hơn hoặc chọn thư mục "
    "gần gốc đĩa hơn, rồi chạy lại lệnh.",
    errno.ELOOP: "{where}: các liên kết trên đường dẫn này trỏ vòng quanh. Xóa liên kết hoặc chọn "
    "thư mục khác, rồi chạy lại lệnh.",
    errno.ENOENT: "không thấy {where}: vừa bị chuyển đi, xóa hoặc đổi tên, hoặc đường dẫn quá "
    "dài. Xem lại thư mục, rồi chạy lại lệnh.",
    errno.EMFILE: "mở quá nhiều tệp cùng lúc ({where}). Chạy lại lệnh với --jobs nhỏ hơn.",
    errno.ENOMEM: "máy hết bộ nhớ khi làm việc với {where}. Đóng bớt chương trình, hoặc chạy lại "
    "lệnh với --jobs nhỏ hơn.",
}
TOO_DEEP = (
    "Thư mục {where} nằm quá sâu: đường dẫn dài {long} ký tự, tên tệp kết quả cần thêm {more}, mà "
    "Windows và Excel chỉ mở được đến {most} ký tự. Chuyển thư mục làm việc lên gần gốc đĩa hơn, "
    "ví dụ C:\\ntm, hoặc đặt --out ngắn hơn."
)
# what Windows numbers otherwise, also in the text of an error of another process
WINDOWS = {
    2: errno.ENOENT,
    3: errno.ENOENT,
    5: errno.EACCES,  # also where a file is open elsewhere
    19: errno.EROFS,
    32: errno.EACCES,
    33: errno.EACCES,
    39: errno.ENOSPC,
    112: errno.ENOSPC,
    206: errno.ENAMETOOLONG,
}
OTHER = (
    "không đọc hoặc ghi được {where} ({why}). Xem lại đĩa hoặc đường mạng tới đó, rồi chạy lại "
    "lệnh."
)

# of what others changed while it was read
CHANGED = "{files}: tệp đã thay đổi trong khi lập báo cáo. Chạy lại ntm-eval review."
ERRNO = re.compile(r"\[(Errno|WinError) (\d+)\] ([^:]+)(?:: '(.+)')?")
# seconds for which a virus scanner may hold what was just written
MOMENTS = (0.1, 0.4, 1.0) if os.name == "nt" else ()


def letter(stop: OSError, path: Path | None = None) -> str:
    """What the disk refused, in Vietnamese: which file, why, what to do."""
    where = path or stop.filename2 or stop.filename
    number = WINDOWS.get(getattr(stop, "winerror", None) or 0, stop.errno)
    words = WORDS.get(number or 0, OTHER) if where or number == errno.ENOSPC else OTHER
    return words.format(where=where or "kết quả", why=stop.strerror or stop)


def refusal(stop: BaseException) -> OSError | None:
    """What the disk said, itself or as a library passes it on (`FileCreateError` of xlsxwriter)."""
    found = (e for e in (stop, *stop.args) if isinstance(e, OSError))
    return next((e for e in found if e.errno), None)  # a cell's time-out is an OSError without one


def quoted(text: str) -> OSError | None:
    """What the disk said in a process whose error came as text: `[Errno 28] No space left`."""
    if found := ERRNO.match(text):
        number = int(found[2])
        number = WINDOWS.get(number, number) if found[1] == "WinError" else number
        return OSError(number, found[3], found[4])
    return None


def move(path: Path, to: Path) -> None:
    """Put a file in the place of another.

    Windows refuses while anyone has one of the two open: a virus scanner for a moment, Excel for as
    long as somebody looks at it.
    """
    for seconds in MOMENTS:
        try:
            path.replace(to)
            return
        except PermissionError:
            time.sleep(seconds)
    path.replace(to)


def read_json(path: Path) -> object:
    """What a JSON file holds; None where there is none, or it is damaged."""
    try:
        # NaN, which is no JSON, is refused: int() of the word is an error
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=int)
    except (OSError, ValueError, RecursionError):
        return None


def remove(path: Path) -> None:
    """Take away what stands at a path: of a link the link itself, never what it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
