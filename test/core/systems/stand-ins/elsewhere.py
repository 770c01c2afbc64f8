"""Makes its tables in a place of its own."""

import os
import sqlite3

import tables

os.makedirs("var/lib", exist_ok=True)
tables.make(sqlite3.connect("var/lib/state.bin"), "jobs", "errors")
