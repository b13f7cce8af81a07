"""What granian loads in each of its worker processes: the application, tethered to the process that started it."""

import signal
import threading

from gongzhi.console import serving, tether

# Granian's own parent may be killed without a chance to stop its workers, which would hold the port.
tether.bind()
# Until granian sets this worker's handlers it has its parent's, which would swallow a request to stop.
signal.signal(signal.SIGTERM, signal.SIG_DFL)

from gongzhi.wsgi import application  # noqa: E402


def _warm() -> None:
    from gongzhi.demands.suggestions import warm

    warm()


# The first caller of the day must not wait for scikit-learn; nor may readiness, so it comes some seconds later.
_warming = threading.Timer(serving.WARM_AFTER, _warm)
_warming.daemon = True
_warming.start()

__all__ = ["application"]
