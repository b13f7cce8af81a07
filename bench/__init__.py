"""Benchmarks: one command each, printing figures beside those of the machine."""
