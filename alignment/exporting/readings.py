"""The file of readings that our own importer takes back without a change: metric, date, value."""

from __future__ import annotations

from alignment.exporting.sheet import Column

READINGS_FILE = "plumbline-readings"
"""How such a file's name begins: the importer then knows that readings of several sources come home."""

READING_COLUMNS = (Column("metric"), Column("date", "day"), Column("value", "number"))
"""Key of the metric, first day of the period, exact value."""
