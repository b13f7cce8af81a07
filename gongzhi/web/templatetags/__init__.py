"""The tags that draw the shared pieces of pages."""
