"""Makes tables of another application."""

import tables

tables.make(tables.database(), "users", "posts")
