"""Which transactions changed what pages show: the raw material of `alignment.data_version`."""

from __future__ import annotations

from django.db import models


class DataChange(models.Model):
    """One row for each transaction that wrote to a table that pages show; triggers write it, nobody else.

    `weight` counts transactions (a folded row stands for many), `mark` is random, so that a database that was
    restored and went another way does not come by an old version again.
    """

    transaction = models.BigIntegerField(primary_key=True)
    weight = models.BigIntegerField(default=1)
    mark = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.weight} changes up to transaction {self.transaction}"
