"""What is going wrong, and why."""
