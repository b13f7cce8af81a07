"""Bring the English catalogue up to the texts of code and templates: `python -m tools.messages`, or `make messages`.

Texts are Chinese and stand in templates (`{% translate %}`, `{% blocktranslate %}`) and in code (`_()`, also the mark of
`gongzhi.shared.moves` in pure modules). New ones are added without a translation, those no longer used are dropped.
Needs GNU gettext (`apt-get install gettext`). Prints how many still have no English.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "gongzhi"
CATALOGUE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"


def main() -> int:
    """Extract and merge; 1 where gettext is missing."""
    if not shutil.which("xgettext"):
        print("需要 GNU gettext：apt-get install gettext。GNU gettext is needed.")
        return 1
    (PACKAGE / "locale").mkdir(exist_ok=True)
    # From inside the package, so that Django takes its locale folder and leaves tests and tools alone. No settings: the
    # extraction needs none, and ours would ask for a database.
    surroundings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = ["-m", "django", "makemessages", "--locale=en", "--no-wrap", "--no-obsolete", "--add-location=file"]
    subprocess.run(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, *command, "--ignore=vendor/*", "--ignore=static/*"], cwd=PACKAGE, env=surroundings, check=True
    )
    _head()
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    left = [message for message in messages if message.fuzzy or not message.string or not all(_parts(message.string))]
    print(f"{len(messages)} texts, {len(left)} without English: {CATALOGUE.relative_to(PACKAGE.parent)}")
    return 0


HEAD = """# English texts of gongzhi. The source language is Chinese: docs/decisions/0004-chinese-is-the-source-language.md.
# Made by `make messages`; write only the lines that begin with msgstr.
msgid ""
msgstr ""
"Project-Id-Version: gongzhi\\n"
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


def _head() -> None:
    """Put our own head on the catalogue: no dates, which would differ at each run, and no blanks to fill in."""
    _old, _blank, entries = CATALOGUE.read_text(encoding="utf-8").partition("\n\n")
    CATALOGUE.write_text(f"{HEAD}\n{entries}", encoding="utf-8")


def _parts(translation: "str | list[str] | tuple[str, ...]") -> "list[str] | tuple[str, ...]":
    return [translation] if isinstance(translation, str) else translation


if __name__ == "__main__":
    sys.exit(main())
