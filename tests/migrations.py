"""Fails when a model has changed without its migration: `python -m tests.migrations`. Needs no database."""

import os
import sys
import warnings

from tests.database import TEST_ENVIRONMENT


def main() -> int:
    """Compare the models with the migrations; 0 when nothing is missing."""
    os.environ.update(TEST_ENVIRONMENT)
    # An address that nothing listens on: the comparison is between files.
    os.environ["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
    import django
    from django.core.management import call_command

    # It would also look whether the applied migrations are consistent, which they are in an empty database.
    warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
    django.setup()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
