"""What a child prints is told once, in order, whenever the controller looks."""

import os

import nbformat
from hard import run, write

from ntm_eval.running import kernel
from ntm_eval.running.kernel import Printed


def test_what_a_look_in_between_has_taken_is_not_told_again():
    printed = Printed()
    os.write(printed.file.fileno(), "một\n".encode())
    assert printed.read(None) == "một\n"
    assert printed.read(2) == ""  # a message that was sent before, and arrives only now
    os.write(printed.file.fileno(), b"hai\n")
    assert printed.read(None) == "hai\n"


def test_a_letter_cut_in_two_is_told_whole():
    printed = Printed()
    os.write(printed.file.fileno(), "ấ".encode())
    assert [printed.read(1), printed.read(3)] == ["", "ấ"]


def test_a_file_that_was_emptied_is_read_from_its_start():
    printed = Printed()
    os.write(printed.file.fileno(), b"before")
    assert printed.read(None) == "before"
    os.ftruncate(printed.file.fileno(), 0)
    os.write(printed.file.fileno(), b"after")
    assert printed.read(None) == "after"


def test_a_look_between_messages_does_not_tell_what_is_printed_before_they_came(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(kernel, "FLUSH", 0.0005)
    cell = "for i in range(3):\n    clear_output(wait=True); print(i)"
    source = write(tmp_path, "clears", ["from IPython.display import clear_output", *[cell] * 40])
    assert run(source, "warm").error is None
    made = nbformat.read(source.with_name("clears run.ipynb"), as_version=4)
    texts = ["".join(o.text for o in c.outputs) for c in made.cells if "clear" in c.source][1:]
    assert texts == ["2\n"] * 40
