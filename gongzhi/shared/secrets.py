"""What must not be read by the wrong eyes: sealed columns, marks to find them by, signed links, spoken codes."""

import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core import signing


@lru_cache(maxsize=1)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> bytes | None:
    """Encrypt a short text for a column; None for an empty one."""
    return _box(tuple(settings.CONTACT_KEYS)).encrypt(text.encode()) if text else None


def unseal(sealed: bytes | memoryview | None) -> str:
    """Read a sealed column; empty where nothing is stored.

    Raises ValueError where none of the configured keys fits, which means that a key was lost.
    """
    if not sealed:
        return ""
    try:
        return _box(tuple(settings.CONTACT_KEYS)).decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise ValueError("a sealed column fits none of GONGZHI_CONTACT_KEYS") from error


def mark(text: str) -> str:
    """A keyed fingerprint by which equal texts can be found without being read; empty for an empty text.

    It hangs on the oldest contact key, so that adding a new key in front does not lose what was marked before.
    """
    if not text:
        return ""
    return hmac.new(settings.CONTACT_KEYS[-1].encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def sign(purpose: str, value: int | str) -> str:
    """A token for a link: the value, a time and a signature that holds for this purpose only."""
    return signing.TimestampSigner(salt=f"gongzhi.{purpose}", sep=".").sign(str(value))


def read_signed(purpose: str, token: str, *, max_age: int) -> str:
    """The value of a token made by `sign`.

    Raises `signing.SignatureExpired` after `max_age` seconds and `signing.BadSignature` for anything forged.
    """
    return signing.TimestampSigner(salt=f"gongzhi.{purpose}", sep=".").unsign(token, max_age=max_age)


def spoken_code(key: str) -> str:
    """Six digits that can be read out on the telephone, the same for the same key and known to nobody without ours."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"code:{key}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(made[:8]) % 1_000_000:06d}"


def hashed_code(code: str) -> str:
    """How a spoken code is stored. Six digits can be tried out by whoever holds our key, hence the limit on tries."""
    return hmac.new(settings.SECRET_KEY.encode(), f"stored:{code}".encode(), hashlib.sha256).hexdigest()[:32]


def same(first: str, second: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(first, second)
