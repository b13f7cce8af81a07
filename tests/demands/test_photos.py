"""Whatever is sent as a photo gives a plain JPEG or a clear answer."""

import hashlib
import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gongzhi.demands.photos import MOST_BYTES, BadPhoto, check_size, read_photo, thumbnail


def picture(width=60, height=40, mode="RGB", colour=(200, 30, 30)) -> Image.Image:
    return Image.new(mode, (width, height), colour)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims that many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_kinds_become_a_jpeg(kind):
    photo = read_photo(saved(picture(), kind))
    again = opened(photo.data)
    assert again.format == "JPEG"
    assert (photo.width, photo.height) == again.size == (60, 40)
    assert photo.sha256 == hashlib.sha256(photo.data).hexdigest()


def test_a_large_photo_is_made_smaller_and_a_thumbnail_smaller_still():
    photo = read_photo(saved(picture(4000, 3000), "JPEG"))
    assert (photo.width, photo.height) == (1600, 1200)
    assert opened(thumbnail(photo.data, 320)).size == (320, 240)
    assert opened(thumbnail(read_photo(saved(picture(), "PNG")).data)).size == (60, 40)  # never enlarged


def test_position_camera_comment_and_profile_stay_behind():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (29.0, 29.0, 0.0)
    data = saved(picture(), "JPEG", exif=exif, comment=b"secret words", icc_profile=b"secret profile", xmp=b"<secret/>")
    assert b"SecretCamera" in data
    photo = read_photo(data)
    for secret in (b"SecretCamera", b"secret", b"Exif", b"ICC_PROFILE", b"http://ns.adobe.com"):
        assert secret not in photo.data
    again = opened(photo.data)
    assert not again.getexif()
    assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_what_hangs_behind_the_picture_stays_behind():
    photo = read_photo(saved(picture(), "JPEG") + b"hidden words")
    assert b"hidden words" not in photo.data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_taken_sideways_stands_upright(kind):
    image = picture(60, 40, colour=(255, 255, 255))
    image.paste((255, 0, 0), (0, 0, 20, 40))  # the left third is red
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter clockwise when shown
    photo = read_photo(saved(image, kind, exif=exif))
    assert (photo.width, photo.height) == (40, 60)
    red, _green, blue = opened(photo.data).convert("RGB").getpixel((20, 5))  # red is now on top
    assert red > 200
    assert blue < 60


def test_transparency_turns_white():
    for image in (picture(mode="RGBA", colour=(255, 0, 0, 0)), picture(mode="LA", colour=(0, 0))):
        photo = read_photo(saved(image, "PNG"))
        assert min(opened(photo.data).getpixel((5, 5))) > 250


@pytest.mark.parametrize(("mode", "colour"), [("1", 1), ("L", 128), ("P", 3), ("I;16", 32768)])
def test_unusual_modes_are_taken(mode, colour):
    assert read_photo(saved(picture(mode=mode, colour=colour), "PNG")).width == 60


def test_grey_of_sixteen_bits_stays_grey():
    photo = read_photo(saved(picture(mode="I;16", colour=32768), "PNG"))
    assert 120 < opened(photo.data).getpixel((5, 5))[0] < 136


def test_print_colours_are_taken():
    assert read_photo(saved(picture(mode="CMYK", colour=(0, 0, 0, 0)), "JPEG")).width == 60


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_gives_its_first_picture(kind):
    frames = [picture(colour=(255, 0, 0)), picture(colour=(0, 0, 255))]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    red, _green, blue = opened(read_photo(data).data).getpixel((5, 5))
    assert red > 200 > 60 > blue


def zip_bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.jpg", b"\0" * 5_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (zip_bomb(), "压缩包"),
        (b"%PDF-1.7", "PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC.*兼容性最佳"),
        (b"\0\0\0\x18ftypmp42", "视频"),
        (b"<svg onload=alert(1)>", "认不出"),
        (b"GIF89a" + b"\0" * 20, "认不出"),
        (b"\xff\xd8\xff" + b"\0" * 50, "打不开"),
        (saved(picture(400, 400), "JPEG")[:700], "打不开"),
        (png_claiming(10, 10), "打不开"),
        (png_claiming(6_000, 6_000), "尺寸太大"),
        (png_claiming(12_000, 10_000), "尺寸太大"),
        (png_claiming(100_000, 100_000), "尺寸太大"),
        (b"\xff\xd8\xff" + b"\0" * (50 * 1024 * 1024 - 3), "照片太大：50MB，最多15MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_photo_gets_a_clear_answer(data, words):
    with pytest.raises(BadPhoto, match=words):
        read_photo(data)


def test_the_size_can_be_asked_before_reading():
    check_size(MOST_BYTES)
    with pytest.raises(BadPhoto, match="16MB"):
        check_size(MOST_BYTES + 1)


GOOD = saved(picture(90, 70), "JPEG")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 400), st.binary(min_size=1, max_size=12))
def test_damaged_files_give_a_photo_or_a_clear_answer(kind, place, noise):
    data = bytearray(saved(picture(90, 70), kind))
    data[place : place + len(noise)] = noise
    try:
        photo = read_photo(bytes(data))
    except BadPhoto as refused:
        assert str(refused).endswith("。")
    else:
        assert max(photo.width, photo.height) <= 1600
