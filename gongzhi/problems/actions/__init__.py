"""What may be done about a problem. Each action is one transaction: lock, decide by the table, write, trail, notice."""
