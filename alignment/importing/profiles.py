"""Choices saved under a name, to read the next file of the same source in the same way."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime

from alignment.audit import acting_as
from alignment.importing.options import Options
from alignment.importing.refusals import visible
from alignment.models import ImportProfile

LONGEST_NAME = 100


class ProfileRefused(ValueError):
    """The name cannot be a profile's; the message says why and what to do."""


def save_profile(*, name: str, options: Options, by: str, now: datetime) -> ImportProfile:
    """Save the choices under this name; what was saved under it before is replaced and stays in the audit trail.

    What is about one file alone (restating, taking the good rows only) is left out. Raises ProfileRefused.
    """
    name = " ".join(name.split())
    if not name:
        raise ProfileRefused("Give the profile a name, such as the system that the files come from.")
    if len(name) > LONGEST_NAME:
        raise ProfileRefused(f"The name has {len(name)} characters; it may have at most {LONGEST_NAME}.")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in name):
        raise ProfileRefused("The name holds an invisible character. Type it anew.")
    kept = replace(options, restate=False, good_rows_only=False).as_json()
    with acting_as(by):
        profile, _ = ImportProfile.objects.update_or_create(
            name=name, defaults={"options": kept, "saved_at": now, "by_name": by}
        )
    return profile


def profile_options(name: str) -> Options:
    """The choices of the profile of that name; everything decided from the file where the name is empty.

    Raises ProfileRefused where no profile is called so.
    """
    if not name:
        return Options()
    profile = None if "\0" in name else ImportProfile.objects.filter(name=name).first()
    if profile is None:
        raise ProfileRefused(
            f"There is no profile “{visible(name)}” any more. Choose one of the list, or none."
        )
    return Options.from_json(profile.options)
