"""What is being done about it."""
