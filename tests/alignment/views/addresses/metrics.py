"""The catalogue of metrics, and one of them."""

OF_THE_COMPANY: dict[str, str] = {
    "metrics": "/metrics",
    "metrics/<str:key>": "/metrics/sales.0",
    "metrics/<str:key>/against": "/metrics/sales.0/against",
    "metrics/<str:key>/against/<str:other>": "/metrics/sales.0/against/speed.0",
}
RESTRICTED: dict[str, str] = {
    "method": "/method",
    "readings": "/readings",
    "metrics/<str:key>/kind": "/metrics/sales.0/kind",
    "metrics/<str:key>/edit": "/metrics/sales.0/edit",
}
