"""Turns what somebody sends as a photo into a plain JPEG that tells nothing but its picture. Pure.

The kind is read from the content, never from the name. Size and pixels are checked before anything is decoded.
Every file is encoded anew: position, camera, time, comments, colour profile and hidden data stay behind.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from gongzhi.shared.moves import Refused, _

MOST_BYTES = 15 * 1024 * 1024
# A JPEG is decoded at a fraction of its size, so that a phone's 50 megapixels cost little; the others are
# decoded whole, at four bytes a pixel.
MOST_PIXELS = {"JPEG": 64_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
LONG_SIDE = 1600
QUALITY = 82

_WHITE = (255, 255, 255)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class BadPhoto(Refused):
    """A file that is not taken as a photo, with the reason and what to do in words."""


@dataclass(frozen=True)
class Photo:
    """A cleaned JPEG, its pixels upright, and the digest of these very bytes."""

    data: bytes
    width: int
    height: int
    sha256: str


def check_size(size: int) -> None:
    """Raises BadPhoto for a file of so many bytes; ask before reading it into memory."""
    if size > MOST_BYTES:
        raise BadPhoto(
            _("照片太大：%(size)dMB，最多%(most)dMB。请用手机重新拍一张，或截图后再传。"),
            size=-(-size // 1024**2),
            most=MOST_BYTES // 1024**2,
        )


def read_photo(data: bytes) -> Photo:
    """The photo in `data` (JPEG, PNG or WebP), upright, at most 1600 pixels long, cleaned.

    An animation gives its first picture, transparency turns white. Raises BadPhoto with words for the sender.
    """
    check_size(len(data))
    kind = _kind(data)
    picture = _decode(data, kind, LONG_SIDE)
    clean = _encode(picture)
    return Photo(clean, picture.width, picture.height, hashlib.sha256(clean).hexdigest())


def thumbnail(data: bytes, side: int = 320) -> bytes:
    """A JPEG of at most `side` pixels either way, from a photo that `read_photo` gave. Raises BadPhoto."""
    return _encode(_decode(data, _kind(data), side))


def _kind(data: bytes) -> str:
    """JPEG, PNG or WEBP by the first bytes; what is often sent by mistake is named in the refusal."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if not data:
        raise BadPhoto(_("这个文件是空的，请重新选一张照片。"))
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise BadPhoto(_("这是压缩包，不是照片。请直接选照片上传。"))
    if data.startswith(b"%PDF"):
        raise BadPhoto(_("这是PDF文件，不是照片。请拍照或截图后上传。"))
    if data[4:8] == b"ftyp":
        if data[8:12] in _HEIC_BRANDS:
            raise BadPhoto(_("这是HEIC格式的照片，暂不支持。请在相机设置里把格式改为“兼容性最佳”，或截图后再传。"))
        raise BadPhoto(_("这是视频，不是照片。请选照片上传。"))
    raise BadPhoto(_("认不出这张照片。请上传JPEG、PNG或WebP格式的照片。"))


def _decode(data: bytes, kind: str, side: int) -> Image.Image:
    """The picture upright, within `side`, without anything but its pixels."""
    broken = BadPhoto(_("这张照片打不开，可能没有传完整。请重新选一次。"))
    try:
        with Image.open(BytesIO(data), formats=[kind]) as picture:
            _check_pixels(picture.width, picture.height, kind)
            picture.draft("RGB", (side, side))
            picture.thumbnail((side, side))
            return _flat(ImageOps.exif_transpose(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Refused:
        raise
    # Decoders fail in many ways on bytes made to break them, and none is of use to the sender.
    except Exception as error:
        raise broken from error


def _check_pixels(width: int, height: int, kind: str) -> None:
    if width * height > MOST_PIXELS[kind]:
        raise _too_many_pixels()


def _too_many_pixels() -> BadPhoto:
    return BadPhoto(_("照片的尺寸太大，无法处理。请用手机重新拍一张，或截图后再传。"))


def _flat(picture: Image.Image) -> Image.Image:
    """The pixels alone on white, in a new image: nothing of the old one's metadata comes along."""
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    flat = Image.new("RGB", picture.size, _WHITE)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        flat.paste(layer, mask=layer.getchannel("A"))
    else:
        flat.paste(picture.convert("RGB"))
    return flat


def _encode(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
