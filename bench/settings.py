"""The product's settings with the bare views beside it; for benchmarks alone."""

from gongzhi.settings import *  # noqa: F403
from gongzhi.settings import INSTALLED_APPS as PRODUCT

INSTALLED_APPS = [*PRODUCT, "bench.bare"]
