"""Pages of agreements that desk and units share: read, sign, note, judge, report."""
