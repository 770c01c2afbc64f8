"""Ends well and makes nothing."""

print("nothing to do")
