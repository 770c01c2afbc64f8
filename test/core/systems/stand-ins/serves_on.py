"""Makes its schema on its first start, in WAL mode, and serves on, with a connection open."""

import time

import tables

db = tables.database()
db.execute("PRAGMA journal_mode = WAL")
tables.make(db, "jobs", "errors")
print("serving", flush=True)
while True:
    time.sleep(0.05)
