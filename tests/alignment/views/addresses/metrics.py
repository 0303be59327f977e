"""The catalogue of metrics, and one of them."""

OF_THE_COMPANY: dict[str, str] = {
    "metrics": "/metrics",
    "metrics/<str:key>": "/metrics/sales.0",
}
RESTRICTED: dict[str, str] = {
    "method": "/method",
    "readings": "/readings",
    "metrics/<str:key>/edit": "/metrics/sales.0/edit",
}
