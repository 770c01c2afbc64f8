"""Says where it runs and with what."""

import os
import sys

import tables

print(os.getcwd(), os.environ.get("STAND_IN"), sys.argv[2], sep="|")
tables.make(tables.database(), "jobs", "errors")
