"""Pages, by who uses them. A view is thin: a form, one action, one redirect. Audiences do not know each other."""
