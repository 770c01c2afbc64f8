"""Wants to be told something by its environment."""

import os

os.environ["STAND_IN_MODE"]
