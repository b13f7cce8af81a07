"""What granian loads in each of its worker processes: the application, tethered to the process that started it."""

import os
import signal
import threading

from gongzhi.console import receiving, serving, tether

# Granian's own parent may be killed without a chance to stop its workers, which would hold the port.
tether.bind()
# Until granian sets this worker's handlers it has its parent's, which would swallow a request to stop.
signal.signal(signal.SIGTERM, signal.SIG_DFL)

from django.db import connections  # noqa: E402

from gongzhi import wsgi  # noqa: E402


def _warm() -> None:
    from gongzhi.demands import suggestions
    from gongzhi.problems import placing

    # That of placing says what is amiss with what is shipped; the other goes on whatever happens.
    suggestions.warm()
    placing.warm()


# The first caller of the day must not wait for models and compiled loops; nor may readiness, so it comes some seconds later.
_warming = threading.Timer(serving.WARM_AFTER, _warm)
_warming.daemon = True
_warming.start()


def receiving_for(application: receiving.Application) -> receiving.Receiving:
    """An application as it is served, with the threads that this process was given."""
    threads = int(os.environ.get(serving.THREADS_KEY, serving.THREADS))
    return receiving.Receiving(application, threads=threads, most=serving.MOST_THREADS, leave=connections.close_all)


application = receiving_for(wsgi.application)
