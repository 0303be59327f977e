"""Text within figures: Plotly reads some of it as markup, so everything that a person wrote passes through here."""

from __future__ import annotations

import html


def plain(text: str) -> str:
    """User text for any place of a figure: shown as it was typed, never read as tags or links.

    `&`, `<` and `>` become entities, which Plotly turns back into letters. `$` starts a formula only where a formula
    engine is loaded, and none is. `%{` would begin one of Plotly's templates, in names of traces too.
    """
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("%{", "&#37;{")


class Markup(str):
    """Finished SVG or HTML: templates put it in as it is. Made by `element` alone, which escapes what goes in."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def element(name: str, *content: str, **attributes: object) -> Markup:
    """One element. Text content is escaped unless it is Markup; attributes are escaped, `None` leaves one out.

    Attribute names are written with `_` for `-` and a trailing `_` where Python reserves the word.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(part if isinstance(part, Markup) else html.escape(part) for part in content)
    return Markup(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")


def number(value: float) -> str:
    """A coordinate with at most two decimals and no needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(value: float) -> str:
    """A coordinate as a percentage of the drawing's width."""
    return f"{number(value)}%"
