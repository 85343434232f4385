"""The report in a real browser: it plays, jumps, listens to the keyboard, can be read, asks the network for nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from simulator.domain.state import replay
from simulator.sessions.figures import figures_of
from simulator.sessions.folder import SessionFolder
from simulator.sessions.progress import progress_of
from simulator.sessions.recording import RATE_HZ, Recording
from simulator.sessions.report import report_html, sound_of
from tests.sessions.made import a_story

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
]

CONTRASTS = """
const luminance = (rgb) => {
  const [r, g, b] = rgb.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const colour = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
const solid = (c) => c.length >= 3 && (c.length < 4 || c[3] > 0);
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const c = colour(getComputedStyle(at).backgroundColor);
    if (solid(c)) return c;
  }
  return [255, 255, 255];
};
const found = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const parent = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || !parent.getClientRects().length) continue;
  if (["SCRIPT", "STYLE", "TITLE", "OPTION"].includes(parent.tagName) || parent.closest("title")) continue;
  const style = getComputedStyle(parent);
  const ink = colour(parent.closest("svg") ? style.fill : style.color);
  const a = luminance(ink.slice(0, 3)), b = luminance(ground(parent).slice(0, 3));
  found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), walk.currentNode.data.trim().slice(0, 40)]);
}
return found.sort((x, y) => x[0] - y[0]);
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = SessionFolder(tmp_path_factory.mktemp("session"))
    for path, hz in ((folder.candidate, 220.0), (folder.interviewer, 330.0)):
        recording = Recording(path)
        recording.write((4000 * np.sin(2 * np.pi * hz * np.arange(120 * RATE_HZ) / RATE_HZ)).astype(np.int16))
        recording.close()
    state = replay(a_story(initial_s=60.0))
    progress = progress_of([replace(figures_of(state), session=name) for name in ("s1", "s2", "s3")])
    path = folder.path / "report.html"
    path.write_text(report_html(state, sound_of(folder), progress), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_window_size(1000, 1200)
    yield driver
    driver.quit()


@pytest.fixture
def opened(browser: webdriver.Chrome, page: Path) -> webdriver.Chrome:
    browser.get("about:blank")
    browser.get_log("performance"), browser.get_log("browser")
    browser.get(page.as_uri())
    return browser


def at(browser: webdriver.Chrome) -> float:
    return float(browser.execute_script("return document.getElementById('audio').currentTime"))


def until(browser: webdriver.Chrome, condition: str) -> None:
    WebDriverWait(browser, 20, poll_frequency=0.05).until(lambda b: b.execute_script(f"return {condition}"))


PLAYING = "!document.getElementById('audio').paused && document.getElementById('audio').currentTime > 0"
PAUSED = "document.getElementById('audio').paused"


def press(browser: webdriver.Chrome, keys: str) -> None:
    browser.find_element(By.TAG_NAME, "body").send_keys(keys)


def move(browser: webdriver.Chrome, control: str, event: str, value: float) -> None:
    script = "const c = document.getElementById(arguments[0]); c.value = arguments[2];"
    browser.execute_script(script + " c.dispatchEvent(new Event(arguments[1]));", control, event, value)


def seek(browser: webdriver.Chrome, seconds: float) -> None:
    browser.execute_script(
        "const p = document.getElementById('place'); p.value = arguments[0]; p.dispatchEvent(new Event('input'));",
        seconds,
    )
    until(browser, f"Math.abs(document.getElementById('audio').currentTime - {seconds}) < 0.3")
    until(browser, "document.getElementById('audio').readyState >= 2")


def test_it_plays_and_stops_with_one_key(opened: webdriver.Chrome) -> None:
    press(opened, "k")
    until(opened, PLAYING)
    until(opened, "document.getElementById('play').textContent === 'Pause'")
    press(opened, "k")
    until(opened, PAUSED)
    until(opened, "document.getElementById('play').textContent === 'Play'")


def test_the_whole_of_the_sound_is_there(opened: webdriver.Chrome) -> None:
    seek(opened, 100.0)
    until(opened, "document.getElementById('audio').duration > 119")


def test_the_word_being_spoken_is_marked(opened: webdriver.Chrome) -> None:
    words = opened.find_elements(By.CSS_SELECTOR, ".words span[data-t]")
    start, _ = (int(each) / 100 for each in (words[5].get_attribute("data-t") or "").split())
    seek(opened, start + 0.1)
    until(opened, "document.querySelectorAll('.words .now').length === 1")
    assert opened.find_element(By.CSS_SELECTOR, ".words .now").text == words[5].text


def test_the_mark_moves_on_while_it_plays(opened: webdriver.Chrome) -> None:
    seek(opened, 11.0)
    first = opened.find_element(By.CSS_SELECTOR, ".words .now").get_attribute("data-t")
    opened.execute_script(
        "const s = document.getElementById('speed'); s.value = '2'; s.dispatchEvent(new Event('change'))"
    )
    press(opened, "k")
    until(opened, f"document.querySelector('.words .now')?.dataset.t > '{first}' && {PLAYING}")
    assert opened.execute_script("return document.getElementById('audio').playbackRate") == 2
    assert opened.execute_script("return document.getElementById('audio').preservesPitch")
    press(opened, "k")


def test_evidence_jumps_to_its_words_and_its_sound(opened: webdriver.Chrome) -> None:
    link = next(each for each in opened.find_elements(By.CSS_SELECTOR, "a.evidence") if "decided to drain" in each.text)
    opened.execute_script("arguments[0].click()", link)
    until(opened, f"Math.abs(document.getElementById('audio').currentTime - {link.get_attribute('data-at')}) < 0.1")
    assert opened.execute_script("return document.querySelector(':target').textContent") == "I"
    until(
        opened,
        "(r => r.top >= 0 && r.bottom <= innerHeight)(document.querySelector(':target').getBoundingClientRect())",
    )


def test_a_word_jumps_to_its_sound(opened: webdriver.Chrome) -> None:
    word = opened.find_elements(By.CSS_SELECTOR, ".words span[data-t]")[8]
    opened.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", word)
    word.click()
    start = int((word.get_attribute("data-t") or "").split()[0]) / 100
    assert at(opened) == pytest.approx(start, abs=0.1)


def test_keys_go_back_and_forth(opened: webdriver.Chrome) -> None:
    seek(opened, 30.0)
    press(opened, Keys.ARROW_RIGHT)
    assert at(opened) == pytest.approx(35.0, abs=0.2)
    press(opened, Keys.ARROW_LEFT)
    press(opened, Keys.ARROW_LEFT)
    assert at(opened) == pytest.approx(25.0, abs=0.2)


def test_keys_go_from_answer_to_answer_and_from_evidence_to_evidence(opened: webdriver.Chrome) -> None:
    answers = [
        float(each.get_attribute("data-at") or "")
        for each in opened.find_elements(By.CSS_SELECTOR, ".turn.candidate[data-at]")
    ]
    seek(opened, answers[0] + 5)
    press(opened, "n")
    assert at(opened) == pytest.approx(answers[1], abs=0.1)
    seek(opened, answers[1] + 3)
    press(opened, "p")
    assert at(opened) == pytest.approx(answers[1], abs=0.1)
    press(opened, "p")
    assert at(opened) == pytest.approx(answers[0], abs=0.1)
    press(opened, "e")
    places = [float(e.get_attribute("data-at") or "") for e in opened.find_elements(By.CSS_SELECTOR, "a.evidence")]
    assert at(opened) == pytest.approx(min(place for place in places if place > answers[0] + 0.1), abs=0.1)


def test_every_control_is_reached_with_the_tab_key(opened: webdriver.Chrome) -> None:
    press(opened, Keys.HOME)
    reached = set()
    for _ in range(14):
        opened.switch_to.active_element.send_keys(Keys.TAB)
        reached.add(opened.execute_script("return document.activeElement.id || document.activeElement.className"))
    assert {"skip", "play", "back", "forward", "previous", "next", "evidence", "speed", "place"} <= reached


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(opened: webdriver.Chrome, scheme: str) -> None:
    opened.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    seek(opened, 12.0)
    found = opened.execute_script(CONTRASTS)
    assert len(found) > 100
    assert found[0][0] >= 4.5, found[:5]


def test_no_address_is_asked_for_and_nothing_is_complained_of(opened: webdriver.Chrome) -> None:
    press(opened, "k")
    until(opened, PLAYING)
    press(opened, "k")
    asked = [
        entry["message"] for entry in opened.get_log("performance") if '"Network.requestWillBeSent"' in entry["message"]
    ]
    assert all('"url":"file://' in each or '"url":"blob:' in each for each in asked)
    assert opened.get_log("browser") == []


def test_printed_it_has_no_play_bar(opened: webdriver.Chrome) -> None:
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not opened.find_element(By.CSS_SELECTOR, ".player").is_displayed()
    assert opened.find_element(By.ID, "transcript").is_displayed()
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_without_scripts_everything_but_playing_works(opened: webdriver.Chrome, page: Path) -> None:
    opened.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened.get(page.as_uri())
        assert opened.find_element(By.CSS_SELECTOR, ".without").is_displayed()
        assert not opened.find_element(By.ID, "play").is_displayed()
        link = opened.find_element(By.CSS_SELECTOR, "a.evidence")
        target = (link.get_attribute("href") or "").partition("#")[2]
        link.send_keys(Keys.ENTER)
        assert opened.current_url.endswith(f"#{target}")
        assert opened.find_element(By.ID, target).is_displayed()
    finally:
        opened.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
