"""Does not end when it is asked to."""

import signal
import time

import tables

signal.signal(signal.SIGTERM, signal.SIG_IGN)
tables.make(tables.database(), "jobs", "errors")
while True:
    time.sleep(0.05)
