"""共治 (gongzhi): neighbourhood co-governance for one district."""

__version__ = "0.1.0"
