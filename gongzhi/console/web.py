"""What granian loads in each of its worker processes: the application, tethered to the process that started it."""

from gongzhi.console import tether

# Granian's own parent may be killed without a chance to stop its workers, which would hold the port.
tether.bind()

from gongzhi.wsgi import application  # noqa: E402

__all__ = ["application"]
