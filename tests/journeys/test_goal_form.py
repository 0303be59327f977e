"""The form of a key result shows what counts for its kind, and loses nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable

from alignment.models import KeyResult
from tests.journeys.conftest import Visit

Come = Callable[..., Visit]
Make = Callable[..., None]


def _shown(visit: Visit) -> set[str]:
    inputs = {name: f"#id_{name}" for name in ("baseline", "target", "lower_bound", "upper_bound", "path")}
    inputs["targets"] = "#id_targets_0"
    return {name for name, where in inputs.items() if visit.page.locator(where).is_visible()}


def test_only_what_counts_for_the_kind_is_shown_and_all_that_was_typed_is_kept(
    visitor: Come, company: Make
) -> None:
    company()
    row = KeyResult.objects.get(name="sales.0 to 200")
    visit = visitor()
    visit.sign_in("technology-lead")
    page = visit.page
    visit.open(f"/objectives/objective-0/key-results/{row.pk}/edit")
    assert _shown(visit) == {"baseline", "target", "path"}
    page.select_option("#id_path", "targets")
    assert _shown(visit) == {"baseline", "target", "path", "targets"}
    page.fill("#id_target", "210")
    page.select_option("#id_kind", "band")
    assert _shown(visit) == {"target", "lower_bound", "upper_bound"}  # a filled target may be a bound
    assert page.get_by_text("Kept, but not counted for this kind: Baseline.").is_visible()
    page.fill("#id_upper_bound", "300")
    page.fill("#id_target", "")
    assert page.locator("legend", has_text="The path to the target").is_hidden()
    page.select_option("#id_kind", "cumulative")
    assert _shown(visit) == {
        "baseline",
        "target",
        "path",
        "targets",
    }  # a sum refuses a baseline: it must be seen
    page.select_option("#id_path", "linear")
    page.select_option("#id_kind", "level")
    assert _shown(visit) == {"baseline", "target", "path"}
    assert page.input_value("#id_baseline") == "130"
    assert page.input_value("#id_upper_bound") == "300"
    page.fill("#id_target", "220")
    page.keyboard.press("Control+s")
    page.wait_for_url(f"**/objectives/objective-0#key-result-{row.pk}")
    row.refresh_from_db()
    assert (float(row.baseline), float(row.target), float(row.upper_bound)) == (130, 220, 300)


def test_what_is_wrong_is_shown_though_it_does_not_count(visitor: Come, company: Make) -> None:
    company()
    row = KeyResult.objects.get(name="sales.0 to 200")
    visit = visitor()
    visit.sign_in("technology-lead")
    visit.open(f"/objectives/objective-0/key-results/{row.pk}/edit")
    visit.page.evaluate("() => { document.querySelector('#id_lower_bound').value = 'some' }")
    visit.page.keyboard.press("Control+s")
    visit.page.wait_for_selector("[data-summary]")
    visit.answered(422)
    assert _shown(visit) == {"baseline", "target", "path", "lower_bound"}


def test_without_script_all_fields_stay_and_say_when_they_count(visitor: Come, company: Make) -> None:
    company()
    row = KeyResult.objects.get(name="sales.0 to 200")
    visit = visitor(java_script_enabled=False)
    visit.sign_in("technology-lead")
    visit.open(f"/objectives/objective-0/key-results/{row.pk}/edit")
    assert len(_shown(visit)) == 6
    said = visit.page.inner_text("form.edit-form")
    for words in ("Counts for “bring the level from baseline to target”", "For “keep within bounds”",
                  "Counts for a level and for a sum", "own period targets"):  # fmt: skip
        assert words in said
