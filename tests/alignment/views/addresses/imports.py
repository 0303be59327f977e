"""Files that come in."""

_UPLOAD = "/imports/uploads/00000000-0000-4000-8000-000000000000"

OF_THE_COMPANY: dict[str, str] = {}
RESTRICTED = {
    "imports": "/imports",
    "imports/new": "/imports/new",
    "imports/uploads/<uuid:token>": _UPLOAD,
    "imports/uploads/<uuid:token>/progress": f"{_UPLOAD}/progress",
    "imports/<int:number>": "/imports/1",
    "imports/<int:number>/refused.csv": "/imports/1/refused.csv",
    "imports/<int:number>/undo": "/imports/1/undo",
}
