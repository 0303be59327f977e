"""The gallery of components: each part that pages are built from, in each of its states, with invented words.

Nothing here is read from the database; the names and figures belong to no company.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from alignment.queries import gallery_examples as examples

NOTHING: Mapping[str, Any] = MappingProxyType({})
OWN = "alignment/gallery/"


@dataclass(frozen=True, slots=True)
class Specimen:
    """One state of a component: its words, the template that draws it and what that template is given.

    `is_still` marks one that may be looked at but not used, because it acts on the page around it.
    """

    label: str
    template: str
    names: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    is_still: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One component with its states; `slug` is its place on the page. Small states stand side by side; what needs
    the whole width has its themes one below the other."""

    slug: str
    title: str
    note: str
    specimens: tuple[Specimen, ...]
    is_small: bool = False
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Components that belong together."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """All sections by group, and the themes in which each specimen stands."""

    groups: tuple[Group, ...]
    themes: tuple[str, ...] = ("light", "dark")

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of all groups."""
        return tuple(section for group in self.groups for section in group.sections)


def gallery() -> Gallery:
    """Every component. No query."""
    return Gallery(
        (
            Group("Figures", _figures()),
            Group("Lists", _lists()),
            Group("Forms", _forms()),
            Group("Around the page", _around()),
        )
    )


def _figures() -> tuple[Section, ...]:
    return (
        Section(
            "number",
            "Number",
            "A figure with its unit, its change, its date and its shape. A link leads to what it rests on.",
            tuple(
                Specimen(label, "components/_number.html", {"number": number})
                for label, number in examples.numbers()
            ),
            is_small=True,
        ),
        Section(
            "status",
            "Status",
            "Word, shape and colour together; the word says it alone.",
            tuple(
                Specimen(status.word.capitalize(), "components/_status.html", {"status": status})
                for status in examples.statuses()
            ),
            is_small=True,
        ),
        Section(
            "freshness",
            "Freshness",
            "Whether a metric reported when it should have.",
            tuple(
                Specimen(found.word.capitalize(), "components/_freshness.html", {"freshness": found})
                for found in examples.freshness()
            ),
            is_small=True,
        ),
        Section(
            "chart",
            "Chart, with its table behind",
            "The drawing comes with the page; the live chart takes its place. The table says the same in words.",
            tuple(
                Specimen(label, "components/_chart.html", {"chart": chart})
                for label, chart in examples.charts()
            ),
        ),
        Section(
            "table-behind",
            "Table behind",
            "What a drawing shows, as text; closed until somebody asks.",
            (
                Specimen("On its own", "components/_table_behind.html", {"table": examples.table()}),
                Specimen("Without rows", "components/_table_behind.html", {"table": examples.empty_table()}),
            ),
        ),
        Section(
            "progress",
            "Progress against its path",
            "Bar: from baseline to target. Tick: where the path says it should be by now.",
            tuple(
                Specimen(label, f"{OWN}_progress.html", {"bar": bar, "progress": words})
                for label, words, bar in examples.progress()
            ),
            is_small=True,
        ),
        Section(
            "dumbbell",
            "Two points on one scale",
            "Hollow: what was meant. Full: what is.",
            (Specimen("With one notable gap", f"{OWN}_dumbbell.html", {"rows": examples.gaps()}),),
        ),
    )


def _lists() -> tuple[Section, ...]:
    past, today = examples.past_shell(), examples.shell()
    rows = examples.objective_rows()
    return (
        Section(
            "moves",
            "What moved it",
            "Rows around a common zero that add up to their last line.",
            (
                Specimen("Up and down", "components/_moves.html", {"moves": examples.moves()}),
                Specimen("Nothing moved", "components/_moves.html", {"moves": examples.no_moves()}),
            ),
        ),
        Section(
            "objectives-table",
            "Table of objectives",
            "Worst first; narrow, each row becomes a small card.",
            (
                Specimen(
                    "In each status", "components/_objectives_table.html", {"rows": rows, "shell": today}
                ),
            ),
            is_wide=True,
        ),
        Section(
            "timeline",
            "Timeline",
            "The days on which a status began, and why.",
            (Specimen("Three changes", f"{OWN}_timeline.html", {"history": examples.history()}),),
        ),
        Section(
            "facts",
            "Facts",
            "Terms with their words.",
            (Specimen("Four facts", f"{OWN}_facts.html", {"facts": examples.FACTS}),),
        ),
        Section(
            "empty",
            "Empty state",
            "What stands in for something that is not there yet, and what to do about it.",
            (
                Specimen("Within a card", f"{OWN}_empty.html"),
                Specimen("Without a company", "components/_no_company.html"),
            ),
        ),
        Section(
            "pages-nav",
            "Pages of a list",
            "Shown where there is more than one page.",
            tuple(Specimen(label, "components/_pages.html", names) for label, names in examples.list_pages()),
            is_small=True,
        ),
        Section(
            "export",
            "Export",
            "The same list as a file; filters and the day are kept.",
            (Specimen("Links", "components/_export.html", is_still=True),),
        ),
        Section(
            "found",
            "What was found",
            "The list within the palette.",
            (
                Specimen("Four hits, the first chosen", "components/_found.html", examples.found(past)),
                Specimen("Nothing", "components/_found.html", {"hits": (), "words": "nonesuch"}),
            ),
        ),
    )


def _forms() -> tuple[Section, ...]:
    refused = examples.refused_form()
    return (
        Section(
            "field",
            "Field",
            "Label above, help under it, the error beside the field. Nothing typed here is kept.",
            (
                Specimen("With help", "components/_field.html", {"field": examples.open_form()["name"]}),
                Specimen("With an error", "components/_field.html", {"field": refused["target"]}),
                Specimen(
                    "Nobody may change it",
                    "components/_field.html",
                    {"field": examples.open_form()["source"]},
                ),
                Specimen("Yes or no", "components/_field.html", {"field": refused["is_paused"]}),
            ),
            is_small=True,
        ),
        Section(
            "target-rows",
            "Rows of day and value",
            "A row that is emptied goes.",
            (
                Specimen("Two rows", "components/_target_rows.html", examples.target_rows(is_invalid=False)),
                Specimen("Refused", f"{OWN}_target_rows.html", examples.target_rows(is_invalid=True)),
            ),
        ),
        Section(
            "form",
            "Form",
            "Errors are summed up on top and lead to their fields.",
            (
                Specimen(
                    "As it opens", "components/_form.html", {"form": examples.open_form(), "cancel": "#form"}
                ),
                Specimen("Refused", "components/_form.html", {"form": refused, "cancel": "#form"}),
            ),
        ),
        Section(
            "stale",
            "Somebody else saved meanwhile",
            "Both versions side by side; nothing typed is lost.",
            (
                Specimen("Two fields differ", "components/_stale.html", {"stale": examples.stale()}),
                Specimen("It was removed", "components/_stale.html", {"stale": examples.gone()}),
            ),
            is_wide=True,
        ),
        Section(
            "button",
            "Buttons",
            "One main act on a page; the others are quiet.",
            (Specimen("In each state", f"{OWN}_buttons.html"),),
        ),
        Section(
            "filters",
            "Filters",
            "A choice is in the address, so that it can be sent to somebody.",
            (Specimen("Chips and choices", f"{OWN}_filters.html"),),
        ),
    )


def _around() -> tuple[Section, ...]:
    past, today = examples.past_shell(), examples.shell()
    return (
        Section(
            "notices",
            "Notices",
            "What was done, said once.",
            (
                Specimen("Done", "components/_notices.html", {"messages": examples.MESSAGES}),
                Specimen("Something is wrong", f"{OWN}_notice_worse.html"),
            ),
            is_small=True,
        ),
        Section(
            "period-picker",
            "Period picker",
            "Every page can be asked for any day.",
            (
                Specimen("Today", "components/_period_picker.html", {"shell": today}),
                Specimen("A day in the past", "components/_period_picker.html", {"shell": past}),
                Specimen("Open", "components/_period_picker.html", {"shell": past, "is_open": True}),
            ),
        ),
        Section(
            "finding",
            "Palette",
            "Ctrl+K opens it on every page.",
            (Specimen("Open", "components/_palette.html", {"shell": today, "is_open": True}, is_still=True),),
        ),
        Section(
            "brand",
            "Name and shapes",
            "The name leads home. The shapes of the statuses come once with each page.",
            (
                Specimen("Name", "components/_brand.html"),
                Specimen("Shapes", f"{OWN}_shapes.html", {"statuses": examples.statuses()}),
            ),
            is_small=True,
        ),
    )
