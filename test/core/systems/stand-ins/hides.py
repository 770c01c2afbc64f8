"""Leaves a process in a session of its own, with nothing in its environment, that does not end when it is asked to."""

import os
import subprocess
import sys
import time

import tables

hidden = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", hidden, sys.argv[2]], env={}, start_new_session=True)
tables.make(tables.database(), "jobs", "errors")
time.sleep(600)
