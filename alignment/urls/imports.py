"""Files that come in."""

from django.urls import URLPattern, path

from alignment.views import imports, uploads

patterns: list[URLPattern] = [
    path("imports", imports.imports, name="imports"),
    path("imports/new", uploads.new, name="import-new"),
    path("imports/uploads/<uuid:token>", uploads.upload, name="import-upload"),
    path("imports/uploads/<uuid:token>/progress", uploads.progress, name="import-progress"),
    path("imports/<int:number>", imports.batch, name="import-batch"),
    path("imports/<int:number>/refused.csv", imports.refused, name="import-refused"),
    path("imports/<int:number>/undo", imports.undo, name="import-undo"),
]
