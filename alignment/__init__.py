"""What the company wants, funds and measures, and how it stands."""
