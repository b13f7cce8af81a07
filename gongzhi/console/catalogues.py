"""Compile the message catalogues (.po → .mo) without a system gettext.

Reads what `makemessages` and people write: comments, flags, msgctxt, msgid, msgid_plural, msgstr and msgstr[n].
"""

import ast
import re
import struct
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"
LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])\s+)?(".*")\s*$')
MAGIC = 0x950412DE


def compile_all(folder: Path = LOCALE) -> list[Path]:
    """Compile every catalogue that is newer than its compiled form; those that were compiled."""
    done = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        fresh = target.with_suffix(".mo.new")
        fresh.write_bytes(packed(messages(source.read_text(encoding="utf-8"))))
        fresh.replace(target)
        done.append(target)
    return done


def messages(text: str) -> dict[str, str]:
    """The translated messages of a catalogue, keyed as gettext looks them up; fuzzy and empty ones left out.

    Raises ValueError with the line number for a line that is no catalogue's.
    """
    found: dict[str, str] = {}
    entry: dict[str, str] = {}
    field, fuzzy = "", False
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            if "msgstr" in entry or "msgstr[0]" in entry:
                keep(found, entry, fuzzy)
                entry, fuzzy = {}, False
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        match = LINE.match(line)
        if match is None:
            raise ValueError(f"line {number}: {line!r} is not a line of a message catalogue")
        # A new entry may follow the last one without a blank line.
        if match[1] in {"msgctxt", "msgid"} and ("msgstr" in entry or "msgstr[0]" in entry):
            keep(found, entry, fuzzy)
            entry, fuzzy = {}, False
        field = match[1] or field
        entry[field] = entry.get(field, "") + ast.literal_eval(match[2])
    keep(found, entry, fuzzy)
    return found


def keep(found: dict[str, str], entry: dict[str, str], fuzzy: bool) -> None:
    """Add one entry in the form that gettext stores, unless it has no sure translation."""
    if "msgid" not in entry or (fuzzy and entry["msgid"]):
        return
    key, plural = entry["msgid"], entry.get("msgid_plural")
    forms = [entry[name] for name in sorted(entry) if name.startswith("msgstr")]
    if not forms or not all(forms):
        return
    if plural is not None:
        key = f"{key}\0{plural}"
    if "msgctxt" in entry:
        key = f"{entry['msgctxt']}\x04{key}"
    found[key] = "\0".join(forms)


def packed(found: dict[str, str]) -> bytes:
    """The messages as a .mo file (GNU gettext manual, "The Format of GNU MO Files")."""
    pairs = sorted((key.encode(), value.encode()) for key, value in found.items())
    keys_at = 7 * 4
    values_at = keys_at + 8 * len(pairs)
    place = values_at + 8 * len(pairs)
    tables = [b"", b""]
    bodies = b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), place)
            bodies += pair[column] + b"\0"
            place += len(pair[column]) + 1
    return struct.pack("<7I", MAGIC, 0, len(pairs), keys_at, values_at, 0, 0) + tables[0] + tables[1] + bodies
