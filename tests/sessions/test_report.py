"""A report stands by itself: everything that was said is text in it, and nothing is loaded."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.domain import events as ev
from simulator.domain.errors import StorageError
from simulator.domain.state import SessionState, replay
from simulator.domain.words import Evidence, Word
from simulator.sessions.anonymous import Names, anonymised
from simulator.sessions.figures import figures_of
from simulator.sessions.folder import SessionFolder
from simulator.sessions.loading import load_session
from simulator.sessions.pictures import pace_points
from simulator.sessions.progress import progress_of
from simulator.sessions.recording import RATE_HZ, Recording
from simulator.sessions.report import Sound, report_html, write_report
from simulator.sessions.report_text import report_json, report_markdown
from simulator.sessions.sound import mixed, opus
from simulator.sessions.transcript import place_of, stretches_of, turns_of
from tests.sessions.conftest import Keep
from tests.sessions.made import OPENING, a_story, a_story_until, a_view, spread

SOUND = Sound(b"webm bytes", 365.0)


class Page(HTMLParser):
    """The elements of a page, and its text outside scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._within: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._within):
            self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def story() -> SessionState:
    return replay(a_story())


def tone(path: Path, seconds: float, hz: float = 220.0) -> None:
    recording = Recording(path)
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    recording.write((8000 * np.sin(2 * np.pi * hz * times)).astype(np.int16))
    recording.close()


@pytest.fixture
def folder(keep: Keep) -> SessionFolder:
    folder = keep()
    tone(folder.candidate, 3.0)
    tone(folder.interviewer, 2.0, 440.0)
    return folder


def test_a_page_holds_every_word_with_its_time() -> None:
    page = Page(report_html(story()))
    spans = [attributes for attributes in page.of("span") if attributes.get("data-t")]
    words = [word for answer in story().answers.values() for word in answer.words]
    assert [span["data-t"] for span in spans] == [f"{word.start_s * 100:.0f} {word.end_s * 100:.0f}" for word in words]
    assert OPENING.split()[0] in page.text


def test_every_jump_of_evidence_has_its_place() -> None:
    page = Page(report_html(story()))
    places = {attributes["id"] for _, attributes in page.elements if attributes.get("id")}
    jumps = [attributes for attributes in page.of("a") if attributes.get("class") == "evidence"]
    assert len(jumps) >= 6
    assert all((jump["href"] or "")[1:] in places for jump in jumps)


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=40))
def test_nothing_said_is_taken_as_markup(said: str) -> None:
    nasty = f'</p><script>alert("{said}")</script><img src=x onerror=alert(1)> & {said}'
    state = replay(
        [
            *a_story(),
            ev.NoteAdded(note="n1", text=nasty),
            ev.SessionRenamed(title=nasty),
            ev.SessionTagged(tags=(nasty,)),
            ev.InterviewerSaid(text=nasty, purpose="reply"),
            ev.WordsConfirmed(answer="a1", words=(Word(nasty, 1.0, 2.0),)),
        ]
    )
    page = Page(report_html(state))
    assert not page.of("script")
    assert not page.of("img")
    assert "</p><script>" in page.text


def test_the_page_allows_its_own_script_and_style_and_nothing_else() -> None:
    html = report_html(story(), SOUND)
    (policy,) = [m["content"] for m in Page(html).of("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    for tag in ("style", "script"):
        content = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_the_page_names_no_address_and_has_no_style_of_an_element() -> None:
    html = report_html(story(), SOUND)
    for tag, attributes in Page(html).elements:
        for name, value in attributes.items():
            if name in {"src", "href", "action", "data", "poster", "srcset"}:
                assert (value or "").startswith("#"), (tag, name)
            assert name != "style"
            assert not name.startswith("on")
    assert "url(" not in html
    assert "@import" not in html


def test_without_sound_there_is_no_script() -> None:
    page = Page(report_html(story()))
    assert not page.of("script")
    assert not page.of("audio")


def test_the_sound_is_in_the_page() -> None:
    html = report_html(story(), SOUND)
    (stored,) = re.findall(r'<script id="sound"[^>]*>([^<]*)</script>', html)
    assert base64.b64decode(stored) == SOUND.webm


def test_the_sound_is_opus_of_both_voices(folder: SessionFolder) -> None:
    told: list[tuple[float, float]] = []
    webm = opus(folder, lambda done, whole: told.append((done, whole)))
    with av.open(io.BytesIO(webm)) as container:
        (stream,) = container.streams.audio
        assert stream.codec_context.name in {"opus", "libopus"}
        sound = np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(stream)])
        assert len(sound) / stream.rate == pytest.approx(3.0, abs=0.1)
        spectrum = np.abs(np.fft.rfft(sound[24_000:72_000].astype(float)))
    peaks = spectrum.argsort()[-40:]
    assert any(abs(peak - 220) < 4 for peak in peaks)
    assert any(abs(peak - 440) < 4 for peak in peaks)
    assert told == [(3.0, 3.0)]


def test_both_voices_are_mixed_without_running_over(keep: Keep) -> None:
    folder = keep()
    for path in (folder.candidate, folder.interviewer):
        recording = Recording(path)
        recording.write(np.full(RATE_HZ, 30_000, np.int16))
        recording.close()
    assert mixed(folder, 0.0, 1.0).max() == 32_767


def test_a_written_report_is_the_owners_alone(folder: SessionFolder, tmp_path: Path) -> None:
    target = write_report(load_session(folder), tmp_path / "r.html")
    assert target.stat().st_mode & 0o777 == 0o600
    assert Page(target.read_text()).of("audio")


def test_no_audio_leaves_the_sound_out(folder: SessionFolder, tmp_path: Path) -> None:
    target = write_report(load_session(folder), tmp_path / "r.html", audio=False)
    assert not Page(target.read_text()).of("script")


def test_a_report_that_cannot_be_written_says_so(folder: SessionFolder, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        write_report(load_session(folder), tmp_path / "none" / "r.html", audio=False)


NAMED = (
    "At Harbourline I worked with Ragnhild and Tomasz in Bergen. Tomasz's plan was ours. Ragnhild called me, "
    "and I wrote to her at r.olsen@harbourline.example or on +47 912 34 567. In March we had an API ready. "
    "Sindre agreed."
)


def named_story() -> SessionState:
    words = spread(NAMED, 500.0, 60.0)
    return replay(
        [
            *a_story(),
            ev.ProbeAsked(at_s=495, thread="t1", facet=next(iter(story().threads["t1"].facets)), text="And Tomasz?"),
            ev.AnswerStarted(at_s=499, answer="a9", thread="t1", initial=False),
            ev.WordsConfirmed(at_s=560, answer="a9", words=words),
            ev.NoteAdded(note="n1", text="Ask Ragnhild"),
            ev.SessionRenamed(title="For Harbourline"),
            ev.SessionTagged(tags=("Bergen",)),
        ]
    )


def test_an_anonymous_report_holds_no_name(folder: SessionFolder, tmp_path: Path) -> None:
    loaded = replace(load_session(folder), state=named_story())
    for form in ("html", "md", "json"):
        text = write_report(loaded, tmp_path / f"r.{form}", form=form, anonymous=True).read_text()
        for name in ("Ragnhild", "Tomasz", "Harbourline", "harbourline", "Bergen", "912", "Sindre", folder.id):
            assert name not in text, (form, name)
        assert "2026-11" not in text
        assert "March" in text
        assert "API" in text
    assert not Page((tmp_path / "r.html").read_text()).of("audio")


def test_a_name_is_the_same_mark_everywhere() -> None:
    names = Names([NAMED])
    out = names.out_of
    assert out("Tomasz's") == out("Tomasz") + "'s"
    assert out("Tomasz") != out("Ragnhild")
    assert out("and Tomasz, he") == f"and {out('Tomasz')}, he"
    assert out("I decided on Monday.") == "I decided on Monday."


def test_leaving_names_out_keeps_the_words_in_their_places() -> None:
    before, after = named_story(), anonymised(named_story())
    for name, answer in before.answers.items():
        assert len(after.answers[name].words) == len(answer.words)
        assert [word.start_s for word in after.answers[name].words] == [word.start_s for word in answer.words]


def test_markdown_shows_just_what_was_said() -> None:
    nasty = "*not bold* <b>no</b> [no](http://x) # no | `no`\n- no"
    text = report_markdown(replay([*a_story(), ev.InterviewerSaid(at_s=400, text=nasty, purpose="reply")]))
    line = next(line for line in text.splitlines() if "not bold" in line)
    assert r"\*not bold\* \<b\>no\</b\> \[no\](http://x) \# no \| \`no\` - no" in line


def test_markdown_and_json_hold_summary_and_transcript() -> None:
    text, data = report_markdown(story()), json.loads(report_json(story()))
    assert "## Transcript" in text
    assert "Things could have gone better" in text
    assert data["summary"]["threads"][0]["facets"][2]["outcome"] == "vague"
    assert [turn["speaker"] for turn in data["transcript"]][:3] == ["interviewer", "interviewer", "candidate"]
    assert len(data["words"]["a1"]) == len(OPENING.split())


def test_progress_is_drawn_one_picture_a_series() -> None:
    sessions = [replace(figures_of(story()), session=name) for name in ("s1", "s2")]
    progress = progress_of(sessions)
    page = Page(report_html(story(), progress=progress))
    drawn = [each for each in page.of("svg") if "multiple" in (each.get("class") or "")]
    assert len(drawn) == len(progress.series)


@pytest.mark.parametrize("state", [SessionState(), replay(a_story_until(ev.WordsConfirmed)), replay(a_view())])
def test_any_session_has_a_report(state: SessionState) -> None:
    for made in (report_html(state, SOUND), report_markdown(state), report_json(state)):
        assert made


def test_turns_are_in_the_order_in_which_they_began() -> None:
    turns = turns_of(story())
    assert [turn.at_s for turn in turns] == sorted(turn.at_s for turn in turns)
    probe = next(turn for turn in turns if turn.purpose == "probe")
    assert (probe.facet, probe.reason) == ("own_role", "it was only claimed")
    assert next(turn for turn in turns if turn.answer == "a4").reply == "vague"


def test_what_was_not_heard_of_a_question_is_not_shown() -> None:
    told = [
        ev.SpeechEnded(speech="s1", heard="Tell me about", complete=False)
        if isinstance(event, ev.SpeechEnded)
        else event
        for event in a_story()[:5]
    ]
    question = turns_of(replay(told))[1]
    assert (question.text, question.cut) == ("Tell me about", True)


def test_evidence_is_found_in_the_second_look_by_its_time() -> None:
    state = story()
    answer = state.answers["a1"]
    first = state.threads["t1"].signals[0].evidence[0]
    revised = tuple(
        Word(word.text, word.start_s + 0.02, word.end_s + 0.02) for word in (Word("Well,", 9.0, 9.5), *answer.words)
    )
    place = place_of(first, replace(answer, revised=revised))
    assert place is not None
    assert revised[place[0]].text == "I"
    assert place[1] - place[0] == (first.last_word or 0) - (first.first_word or 0)


def test_evidence_without_a_place_is_shown_and_jumps_nowhere() -> None:
    answer = story().answers["a1"]
    assert place_of(Evidence("said elsewhere"), answer) is None
    assert place_of(Evidence("x", "a1", 900, 901), answer) is None


def test_the_pace_through_an_answer_is_words_over_the_time_spoken() -> None:
    words = spread("word " * 100, 0.0, 60.0)
    answer = replace(story().answers["a1"], words=words, voice=((0.0, 60.0),))
    assert [value for _, value in pace_points(answer)] == pytest.approx([100.0] * len(pace_points(answer)), abs=4.1)


def test_without_voice_the_words_tell_when_there_was_speech() -> None:
    words = (Word("a", 0.0, 1.0), Word("b", 1.2, 2.0), Word("c", 5.0, 6.0))
    answer = replace(story().answers["a1"], words=words, voice=())
    assert stretches_of(answer) == ((0.0, 2.0), (5.0, 6.0))


def test_outcomes_are_drawn_one_picture_an_engine() -> None:
    told = figures_of(story())
    progress = progress_of([replace(told, session="s1"), replace(told, session="s2", judge="another 2")])
    page = Page(report_html(story(), progress=progress))
    drawn = [each for each in page.of("svg") if "history" in (each.get("class") or "")]
    labels = [each.get("aria-label") or "" for each in drawn]
    assert [sum(f"by {engine}." in label for label in labels) for engine in (told.judge, "another 2")] == [1, 1]
    assert len(labels) == 2
    letters = [limits.letters for limits in progress.limits]
    assert all(letters)
    assert report_html(story(), progress=progress).count('class="outcome limit"') >= sum(
        letter in "umnecv" for each in letters for letter in each
    )
