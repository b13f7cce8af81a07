"""Tests of the benchmarks: what they make and how they count."""
