"""What an office installs: the package as one file, and the versions that were tested with it.

`make wheel` calls this. pip refuses a lock with hashes as constraints, as the package itself has
none; so the constraints are the lock's pins alone. uv takes the lock as it is, and these too.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ntm_eval.office.doctor import PIN
from ntm_eval.root import PACKAGE
from ntm_eval.workspace import LOCK

CHECKOUT = PACKAGE.parent
HINT = """Gửi cả hai tệp trong {folder}. Máy có uv:
  uv tool install {wheel} -c constraints.txt
Máy có pipx:
  pipx install {wheel} --pip-args="-c constraints.txt"
Cài xong: ntm-eval init "Văn phòng"; mọi hướng dẫn có trong thư mục docs ở đó."""


def constraints(lock: str) -> str:
    """The pins of a lock, without their hashes."""
    pins = (p.groupdict() for p in PIN.finditer(lock))
    lines = (f"{p['name']}=={p['version']}" + f" ; {p['marker']}" * bool(p["marker"]) for p in pins)
    return "".join(f"{line}\n" for line in lines)


def main(folder: Path) -> None:
    """The two files in a folder."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("ntm_eval-*.whl"):
        old.unlink()
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "-w", folder, CHECKOUT], check=True)
    text = constraints(LOCK.read_text(encoding="utf-8"))
    (folder / "constraints.txt").write_text(text, encoding="utf-8", newline="\n")
    print(HINT.format(folder=folder, wheel=next(folder.glob("*.whl")).name))


if __name__ == "__main__":
    main(CHECKOUT / "dist")
