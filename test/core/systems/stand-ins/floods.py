"""Prints escape sequences, a megabyte of lines, and a line that never ends."""

import sys

import tables

sys.stdout.write("\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2J\x9b31mafter\tend\r\n")
sys.stderr.buffer.write(b"not \xff utf-8\n")
for number in range(20000):
    sys.stdout.write(f"line {number} of a megabyte of lines that nobody reads\n")
sys.stdout.write("x" * 1_000_000)
sys.stdout.flush()
tables.make(tables.database(), "jobs", "errors")
