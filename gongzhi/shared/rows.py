"""The rows that rooms may name, in annotations and in what they keep; they are asked and written through shared."""

from gongzhi.shared.models import Day, Notice, TrailEntry

__all__ = ["Day", "Notice", "TrailEntry"]
