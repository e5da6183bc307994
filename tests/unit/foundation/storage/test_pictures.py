"""A picture is kept upright, by its pixels alone; what would take too long or too much is refused before."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.storage import problems as _problems  # noqa: F401  registers the codes
from cloudwindow.foundation.storage.pictures import make_small, rewrite
from cloudwindow.foundation.storage.sniffing import HEAD, JPEG, WEBP, sniff
from tests.support.pictures import CAMERA, HTML, PLACE, photo_of_a_phone, picture, png_of


def _rewritten(data: bytes, megapixels: int = 50) -> bytes:
    out = io.BytesIO()
    rewrite(io.BytesIO(data), sniff(data[:HEAD]), out, megapixels)
    return out.getvalue()


def _refusal(data: bytes, megapixels: int = 50) -> str:
    with pytest.raises(Problem) as caught:
        _rewritten(data, megapixels)
    return caught.value.code


def test_place_and_camera_are_gone_and_it_stands_upright() -> None:
    sent = photo_of_a_phone(orientation=6)
    kept = _rewritten(sent)
    for trace in (PLACE, CAMERA.encode(), b"Exif", b"taken at home", b"profile"):
        assert trace in sent
        assert trace not in kept
    image = Image.open(io.BytesIO(kept))
    assert image.size == (80, 120)
    assert not image.getexif()
    assert not {"comment", "icc_profile", "exif", "photoshop", "xmp"} & set(image.info)
    top, bottom = image.getpixel((40, 20)), image.getpixel((40, 100))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] - top[2] > 100
    assert bottom[2] - bottom[0] > 100


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_stays_what_it_is_and_loses_what_hangs_behind(kind: str) -> None:
    kept = _rewritten(picture(kind) + HTML)
    assert HTML not in kept
    image = Image.open(io.BytesIO(kept))
    assert (image.format, image.size, image.mode) == (kind, (120, 80), "RGB")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("size", "small"), [((1200, 800), (320, 213)), ((400, 3000), (43, 320)), ((90, 60), (90, 60))])
def test_a_small_one_is_a_jpeg_of_the_same_shape(kind: str, size: tuple[int, int], small: tuple[int, int]) -> None:
    out = io.BytesIO()
    make_small(io.BytesIO(picture(kind, size)), out)
    image = Image.open(out)
    assert image.format == "JPEG"
    assert all(abs(a - b) <= 1 for a, b in zip(image.size, small, strict=True))
    left = image.getpixel((2, 2))
    assert isinstance(left, tuple)
    assert left[0] > 150
    assert left[2] < 100


def test_a_small_one_lies_on_white_and_a_broken_one_is_none() -> None:
    clear, out = io.BytesIO(), io.BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(clear, "PNG")
    make_small(clear, out)
    white = Image.open(out).getpixel((3, 3))
    assert isinstance(white, tuple)
    assert min(white) > 250
    with pytest.raises(Problem, match="file_unreadable"):
        make_small(io.BytesIO(picture()[:200]), io.BytesIO())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_other_modes_of_png(mode: str) -> None:
    out = io.BytesIO()
    image = Image.new(mode, (30, 20))
    image.save(out, "PNG", pnginfo=None)
    kept = Image.open(io.BytesIO(_rewritten(out.getvalue())))
    assert (kept.size, kept.mode) == ((30, 20), "RGBA" if "A" in mode else "RGB")


def test_text_in_a_png_is_gone() -> None:
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415  only here

    info = PngInfo()
    info.add_text("Author", "刘桂英")
    info.add_itxt("XML:com.adobe.xmp", "<gps/>")
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG", pnginfo=info)
    kept = _rewritten(out.getvalue())
    assert b"tEXt" not in kept
    assert b"iTXt" not in kept


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    bomb = png_of(30_000, 30_000)
    assert len(bomb) < 20_000
    assert _refusal(bomb) == "picture_too_many_pixels"
    assert _refusal(picture("JPEG", (2000, 600)), megapixels=1) == "picture_too_many_pixels"
    _rewritten(picture("JPEG", (1000, 1000)), megapixels=1)


@pytest.mark.parametrize("how", [{}, {"lossless": True}, {"exif": b"Exif\x00\x00"}])
def test_a_webp_says_its_size_before_pillow_makes_room(how: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    data = picture("WEBP", (1200, 1000), **how)

    def opened(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Image, "open", opened)
    assert _refusal(data, megapixels=1) == "picture_too_many_pixels"
    with pytest.raises(AssertionError):
        _rewritten(data, megapixels=2)


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    data = picture("JPEG", progressive=True)
    scan = data[data.index(b"\xff\xda") : -2]
    assert _refusal(data[:-2] + scan * 1000 + data[-2:]) == "picture_broken"
    _rewritten(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(kind: str) -> None:
    data = picture(kind, (400, 300))
    assert _refusal(data[: len(data) // 2]) == "picture_broken"
    assert _refusal(data[:40]) == "picture_broken"


@settings(max_examples=60)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_whatever_is_changed_in_a_picture_there_is_an_answer(kind: str, data: st.DataObject) -> None:
    sent = bytearray(picture(kind, (40, 30)) if kind != "JPEG" else photo_of_a_phone(size=(40, 30)))
    for _ in range(data.draw(st.integers(1, 8))):
        sent[data.draw(st.integers(HEAD, len(sent) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = _rewritten(bytes(sent), megapixels=1)
    except Problem as problem:
        assert problem.code in {"picture_broken", "picture_too_many_pixels"}  # noqa: PT017  either will do
    else:
        assert PLACE not in kept


def test_of_a_phones_two_pictures_in_one_file_the_first_is_kept() -> None:
    """As with a gain map for bright screens: a JPEG with another one behind it (CIPA DC-007)."""
    out, behind = io.BytesIO(), Image.new("RGB", (60, 40), (0, 250, 0))
    Image.new("RGB", (120, 80), (250, 0, 0)).save(out, "MPO", save_all=True, append_images=[behind])
    kept = Image.open(io.BytesIO(_rewritten(out.getvalue())))
    assert (kept.format, kept.size, getattr(kept, "n_frames", 1)) == ("JPEG", (120, 80), 1)


def test_one_kind_is_not_read_as_another() -> None:
    for data, kind in ((picture("PNG"), JPEG), (picture("JPEG"), WEBP)):
        with pytest.raises(Problem):
            rewrite(io.BytesIO(data), kind, io.BytesIO(), 50)
