"""Objectives, their key results, and the policy lab."""

from django.urls import URLPattern, path

from alignment.views import goal_forms, objectives, policy_lab

_KEY_RESULT = "objectives/<slug:slug>/key-results"
patterns: list[URLPattern] = [
    path("objectives", objectives.objectives, name="objectives"),
    path("objectives/new", goal_forms.objective_new, name="objective-new"),
    path("objectives/<slug:slug>", objectives.objective, name="objective"),
    path("objectives/<slug:slug>/edit", goal_forms.objective_edit, name="objective-edit"),
    path("objectives/<slug:slug>/remove", goal_forms.objective_remove, name="objective-remove"),
    path("objectives/<slug:slug>/end", goal_forms.objective_end, name="objective-end"),
    path(
        "objectives/removed/<int:number>/put-back", goal_forms.objective_put_back, name="objective-put-back"
    ),
    path(f"{_KEY_RESULT}/new", goal_forms.key_result_new, name="key-result-new"),
    path(f"{_KEY_RESULT}/<int:number>/edit", goal_forms.key_result_edit, name="key-result-edit"),
    path(f"{_KEY_RESULT}/<int:number>/remove", goal_forms.key_result_remove, name="key-result-remove"),
    path(f"{_KEY_RESULT}/<int:number>/put-back", goal_forms.key_result_put_back, name="key-result-put-back"),
    path("policy-lab", policy_lab.lab, name="policy-lab"),
]
