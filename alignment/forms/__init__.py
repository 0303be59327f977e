"""What people fill in: shapes and rules of forms, without a single write."""
