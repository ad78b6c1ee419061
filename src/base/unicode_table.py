#!/usr/bin/env python3
"""Makes unicode_words.def, the characters of the categories L, N and Z, from Python's own tables: unicode_table.py > FILE"""
import unicodedata

WIDTH = 8

ranges = []
for point in range(0x110000):
    if unicodedata.category(chr(point))[0] not in "LNZ":
        continue
    if ranges and ranges[-1][1] == point - 1:
        ranges[-1][1] = point
    else:
        ranges.append([point, point])
print(f"// Letters, numbers and separators of Unicode {unicodedata.unidata_version}: first and last of each range. Made by unicode_table.py.")
for start in range(0, len(ranges), WIDTH):
    print(" ".join(f"{{{first:#x}, {last:#x}}}," for first, last in ranges[start:start + WIDTH]))
