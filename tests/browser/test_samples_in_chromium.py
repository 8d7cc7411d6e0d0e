"""Labels are scanned and printed in the browser: by a hand scanner that types, and by the camera."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from .conftest import Watched

pytestmark = pytest.mark.browser

# Chromium on Linux has no detector of its own. This one finds what the page's address says, in a picture of a canvas.
FAKE_CAMERA = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) { return video.videoWidth ? [{ rawValue: window.name }] : []; }
};
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const context = canvas.getContext("2d");
  setInterval(() => { context.fillStyle = "#" + (Math.random() * 4096 | 0).toString(16).padStart(3, "0");
    context.fillRect(0, 0, 64, 64); }, 30);
  return canvas.captureStream();
};
"""


def a_sample(watched: Watched) -> str:
    page = watched.go("/scan")
    return str(page.locator("ul.records code").first.inner_text())


def test_a_hand_scanner_types_and_the_sample_is_there(watched: Watched) -> None:
    pid = a_sample(watched)
    page = watched.page
    page.keyboard.type(pid.upper())  # the box has the focus
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan?code=*")
    assert page.locator(".scanned code").first.inner_text() == pid
    assert watched.overflow() <= 0
    page.keyboard.type(f"http://127.0.0.1/id/{pid}")  # and the next one
    page.keyboard.press("Enter")
    page.wait_for_selector(".scanned")
    page.locator("details.act summary").first.click()
    assert watched.overflow() <= 0
    page.locator("a[href^='/deposit?sample=']").click()
    page.wait_for_url("**/deposit?sample=*")
    assert page.locator("#sample").input_value() == pid


def test_where_the_browser_cannot_read_codes_it_is_said(watched: Watched) -> None:
    page = watched.go("/scan")
    page.wait_for_function("!document.getElementById('camera-said').textContent.includes('JavaScript')")
    if page.evaluate("!('BarcodeDetector' in window)"):
        assert page.locator("#camera-start").is_hidden()
        assert page.locator("#camera-said").inner_text()


def test_the_camera_finds_the_sample(watched: Watched) -> None:
    pid = a_sample(watched)
    page = watched.page
    page.add_init_script(FAKE_CAMERA)
    page.evaluate("name => { window.name = name; }", f"https://kiban.example.org/id/{pid}")
    page.reload()
    page.locator("#camera-start").click()
    page.wait_for_url("**/scan?code=*")
    assert page.locator(".scanned code").first.inner_text() == pid


def test_a_camera_that_is_refused_is_told(watched: Watched) -> None:
    page = watched.page
    page.add_init_script(
        FAKE_CAMERA
        + "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); };"
    )
    watched.go("/scan")
    page.locator("#camera-start").click()
    page.wait_for_function("document.getElementById('camera-start').disabled === false")
    assert page.locator("#camera-picture").is_hidden()
    page.wait_for_function("/brows|ブラウザ/.test(document.getElementById('camera-said').textContent)")


def test_a_label_is_chosen_seen_and_downloaded(watched: Watched) -> None:
    pid = a_sample(watched)
    page = watched.go(f"/records/{pid}")
    page.locator(f"a[href='/labels?id={pid}']").click()
    page.select_option("select[name=size]", "brother-62x29")
    page.locator("form.panel button").click()
    page.wait_for_url("**size=brother-62x29*")
    picture: Any = page.locator(".labels img").first
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    assert watched.overflow() <= 0
    screenshot = Image.open(io.BytesIO(picture.screenshot())).convert("L")
    screenshot = screenshot.resize((screenshot.width * 3, screenshot.height * 3))
    [found] = zxingcpp.read_barcodes(screenshot)
    assert found.text == pid.upper()
    with page.expect_download() as download:
        page.locator("a[download]").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
