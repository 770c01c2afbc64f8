"""Makes one table of two, and then does nothing any more."""

import time

import tables

tables.make(tables.database(), "jobs")
print("waiting for a server that never answers", flush=True)
time.sleep(600)
