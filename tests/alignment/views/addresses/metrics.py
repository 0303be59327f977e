"""The catalogue of metrics, and one of them."""

OF_THE_COMPANY: dict[str, str] = {}
RESTRICTED: dict[str, str] = {}
