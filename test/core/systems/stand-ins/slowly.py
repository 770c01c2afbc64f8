"""Makes its tables one by one, as migrations do, and serves on; the last one is none of those that are expected."""

import time

import tables

db = tables.database()
for name in ("jobs", "errors", "hooks"):
    tables.make(db, name)
    time.sleep(0.3)
time.sleep(600)
