"""What a child prints is told once, in order, whenever the controller looks."""

import os

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
