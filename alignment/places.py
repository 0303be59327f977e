"""The places of the rail, in their order. A place appears when its first page stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail: how it is named in code and on the page, and the name of its first page's address."""

    slug: str
    label: str
    url_name: str


PLACES: tuple[Place, ...] = (
    Place("overview", "Overview", "overview"),
    Place("objectives", "Objectives", "alignment:objectives"),
    Place("portfolio", "Portfolio", "alignment:portfolio"),
    Place("metrics", "Metrics", "alignment:metrics"),
)
