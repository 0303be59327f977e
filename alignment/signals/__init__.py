"""What a series of numbers honestly shows. Pure: numpy in, verdicts out, nothing of Django."""
