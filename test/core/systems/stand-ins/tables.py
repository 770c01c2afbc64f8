"""What the stand-ins share: a database and its tables, one transaction each."""

import os
import sqlite3
import sys


def database():
    path = sys.argv[1]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return sqlite3.connect(path)


def make(db, *names):
    for name in names:
        db.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, {name}_id TEXT)")
    db.commit()
