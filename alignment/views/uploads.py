"""Files that come in: handing them over, the choices about reading them, the preview, the decision."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from alignment.forms.import_choices import ImportChoicesForm
from alignment.importing.options import Options
from alignment.importing.profiles import ProfileRefused, profile_options, save_profile
from alignment.importing.refusals import ImportRefused
from alignment.importing.refused_rows import choices_for
from alignment.importing.uploads import ask_import, choose, discard, keep_upload, run_small
from alignment.models import Company, ImportProfile, ImportUpload, User
from alignment.permissions import check_may_import, get_upload_for
from alignment.queries.import_upload import UploadPage, matched_names, progress_of, upload_page
from alignment.queries.imports import waiting_uploads
from alignment.views.asking import signed_in, today_of
from alignment.views.framed import frame, framed, readable_address

_PASTED = "pasted.csv"


@require_http_methods(["GET", "HEAD", "POST"])
@readable_address
def new(request: HttpRequest) -> HttpResponse:
    """Where files are handed in: chosen, dropped, or pasted as text."""
    user = signed_in(request)
    check_may_import(user)
    faults: list[str] = []
    if request.method == "POST":
        kept, faults = _keep(request, user)
        if kept and not faults:
            only = kept[0] if len(kept) == 1 else None
            return (
                redirect("alignment:import-upload", only.token) if only else redirect("alignment:import-new")
            )
    _, _, shell = frame(request)
    profiles = tuple(ImportProfile.objects.values_list("name", flat=True))
    status = 422 if faults else 200
    return framed(
        request, "alignment/import_new.html", "metrics", shell, waiting_uploads(),
        status=status, faults=faults, profiles=profiles, pasted=request.POST.get("pasted", ""),
    )  # fmt: skip


def _keep(request: HttpRequest, user: User) -> tuple[list[ImportUpload], list[str]]:
    """Keep every file of the form; what cannot be kept is said."""
    profile = request.POST.get("profile", "")
    try:
        options = profile_options(profile)
    except ProfileRefused as refused:
        return [], [str(refused)]
    handed = [(file.name or "file", file.chunks(1024 * 1024)) for file in request.FILES.getlist("files")]
    if text := request.POST.get("pasted", "").strip():
        handed.append((_PASTED, iter([text.encode("utf-8", "replace")])))
    kept, faults = [], [] if handed else ["Choose a file, drop one here, or paste rows with their header."]
    for name, pieces in handed:
        chosen = options if profile else choices_for(name) or options
        try:
            upload = keep_upload(name=name, pieces=pieces, options=chosen, user=user, now=timezone.now())
        except ImportRefused as refused:
            faults += [f"{name}: {refusal.reason} {refusal.mend}" for refusal in refused.refusals]
            continue
        run_small(upload)
        kept.append(upload)
    return kept, faults


@require_http_methods(["GET", "HEAD", "POST"])
@readable_address
def upload(request: HttpRequest, token: UUID) -> HttpResponse:
    """A file that was handed in; POST changes the choices, confirms, or discards it."""
    found = get_upload_for(signed_in(request), token)
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""), _look)
        return act(request, found)
    if found.batch_id is not None:
        return redirect("alignment:import-batch", found.batch_id)
    return _shown(request, upload_page(found))


@require_safe
def progress(request: HttpRequest, token: UUID) -> HttpResponse:
    """How far the worker is, for the bar; tells the page to load anew once it is done."""
    found = get_upload_for(signed_in(request), token)
    state = progress_of(found)
    if state is None or state.is_over:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "alignment/_import_progress.html", {"progress": state, "upload": found})


def _shown(
    request: HttpRequest,
    page: UploadPage,
    form: ImportChoicesForm | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    if form:
        page = replace(page, matched=matched_names(page.upload, form.typed_matches))
    form = form or _form(page)
    _, _, shell = frame(request)
    more = {"form": form, "fault": fault}
    return framed(request, "alignment/import_upload.html", "metrics", shell, page, status=status, **more)


def _form(page: UploadPage, data: QueryDict | None = None) -> ImportChoicesForm:
    return ImportChoicesForm(data, options=page.options, columns=page.columns, workbook=page.is_workbook)


def _look(request: HttpRequest, found: ImportUpload) -> HttpResponse:
    """Read the file again, with the choices of the form."""
    page = upload_page(found)
    form = _form(page, request.POST)
    if not form.is_valid():
        return _shown(request, page, form, status=422)
    return _chosen(request, found, form.to_options())


def _save(request: HttpRequest, found: ImportUpload) -> HttpResponse:
    """Save the choices of the form as a profile, and read the file with them."""
    user, page = signed_in(request), upload_page(found)
    form = _form(page, request.POST)
    if not form.is_valid():
        return _shown(request, page, form, status=422)
    try:
        name = request.POST.get("profile_name", "")
        save_profile(name=name, options=form.to_options(), by=user.get_username(), now=timezone.now())
    except ProfileRefused as refused:
        return _shown(request, page, form, str(refused), 422)
    return _chosen(request, found, form.to_options())


def _apply(request: HttpRequest, found: ImportUpload) -> HttpResponse:
    """Read the file with the choices of a profile."""
    try:
        options = profile_options(request.POST.get("profile", ""))
    except ProfileRefused as refused:
        return _shown(request, upload_page(found), fault=str(refused), status=422)
    return _chosen(request, found, options)


def _again(request: HttpRequest, found: ImportUpload) -> HttpResponse:
    """Look at the file again with the choices that are stored with it."""
    return _chosen(request, found, Options.from_json(found.options))


def _good_rows(request: HttpRequest, found: ImportUpload) -> HttpResponse:
    """Read the file again and leave the faulty rows out."""
    stored = found.options | {"good_rows_only": True}
    return _chosen(request, found, Options.from_json(stored))


def _chosen(request: HttpRequest, found: ImportUpload, options: Options) -> HttpResponse:
    run_small(choose(upload_id=found.pk, options=options, by=signed_in(request).get_username()))
    return redirect("alignment:import-upload", found.token)


def _import(request: HttpRequest, found: ImportUpload) -> HttpResponse:
    """Import the file as the preview showed it."""
    seen, today = request.POST.get("seen", ""), today_of(Company.objects.first())
    run_small(ask_import(upload_id=found.pk, seen=seen, user=signed_in(request), today=today))
    return redirect("alignment:import-upload", found.token)


def _discard(request: HttpRequest, found: ImportUpload) -> HttpResponse:
    discard(upload_id=found.pk, by=signed_in(request).get_username())
    return redirect("alignment:imports")


_ACTS = {
    "look": _look,
    "save": _save,
    "apply": _apply,
    "again": _again,
    "good-rows": _good_rows,
    "import": _import,
    "discard": _discard,
}
