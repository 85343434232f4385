"""A judgement that the user overruled counts from then on, wherever judgements are shown or counted."""

from __future__ import annotations

import json

from simulator.domain import events as ev
from simulator.domain.vocabulary import Facet, Outcome, Reply
from simulator.rehearsal.reviewing import findings
from simulator.sessions.examples import Proposal, confirm, depth_of, story_tellings
from simulator.sessions.folder import SessionFolder
from simulator.sessions.library import Library
from simulator.sessions.loading import load_session
from simulator.sessions.overruling import overruled
from simulator.sessions.progress import Measure, progress_of
from simulator.sessions.report import report_html
from simulator.sessions.report_text import report_json, report_markdown
from simulator.sessions.summary import summarize
from tests.sessions.conftest import Keep


def correct(library: Library, folder: SessionFolder, target: str, was: str, now: str, **where: object) -> None:
    library.correct(
        folder, ev.JudgementCorrected(target=target, thread="t1", was=was, now=now, reason="I said which", **where)
    )
    library.update()


def fault_of(folder: SessionFolder) -> Outcome | None:
    return load_session(folder).state.threads["t1"].facets[Facet.FAULT].outcome


def test_an_overruled_limit_is_gone_from_every_screen_and_figure(keep: Keep, library: Library) -> None:
    folder = keep()
    correct(library, folder, "outcome", "vague", "held", facet=Facet.FAULT)
    loaded = load_session(folder)
    state = loaded.state

    reviewed = {each.name: each.value for each in findings(state) if each.target == "outcome"}
    assert reviewed["fault"] == "held"
    summary = summarize(state)
    facet = next(each for each in summary.threads[0].facets if each.facet is Facet.FAULT)
    assert (facet.outcome, facet.corrected) == (Outcome.HELD, True)
    assert not any(advice.about == "fault" for advice in summary.work_on)
    assert "vague" not in {f["outcome"] for f in json.loads(report_json(state))["summary"]["threads"][0]["facets"]}
    assert "held, 2 probes" in report_markdown(state)
    assert "held (corrected), 2 probes" in report_html(state)
    (row,) = library.page().sessions
    assert row.figures.threads[0].facets[Facet.FAULT].outcome is Outcome.HELD
    progress = progress_of(library.figures())
    held = next(s for s in progress.series if s.measure is Measure.HELD and s.facet is Facet.FAULT)
    assert held.points[-1].value == 1.0
    assert next(each for each in progress.limits if each.facet is Facet.FAULT).outcomes == {Outcome.HELD: 1}
    known = confirm(library.examples(), Proposal(story_tellings(library.figures()), None, None), "the queue")
    assert Facet.FAULT in depth_of(known.examples[0], library.figures()).held
    (counted,) = [each for each in overruled([loaded.events]) if each.target == "outcome" and each.overruled]
    assert counted.changes == {("vague", "held"): 1}


def test_an_overruled_reply_settles_its_facet_anew(keep: Keep, library: Library) -> None:
    folder = keep()
    replies = [p.reply for p in load_session(folder).state.threads["t1"].probes_on(Facet.FAULT)]
    assert replies == [Reply.VAGUE, Reply.VAGUE]
    first, second = (p.answer for p in load_session(folder).state.threads["t1"].probes_on(Facet.FAULT))
    correct(library, folder, "reply", "vague", "fresh", answer=first, facet=Facet.FAULT)
    assert fault_of(folder) is None
    correct(library, folder, "reply", "vague", "fresh", answer=second, facet=Facet.FAULT)
    assert fault_of(folder) is Outcome.HELD
    evidence = load_session(folder).state.threads["t1"].facets[Facet.FAULT].outcome_evidence
    assert {each.answer for each in evidence} == {first, second}
    correct(library, folder, "reply", "fresh", "unknown", answer=first, facet=Facet.FAULT)
    assert fault_of(folder) is Outcome.UNKNOWN


def test_an_outcome_of_the_user_s_own_stays_when_a_reply_is_corrected(keep: Keep, library: Library) -> None:
    folder = keep()
    correct(library, folder, "outcome", "vague", "evaded", facet=Facet.FAULT)
    first = load_session(folder).state.threads["t1"].probes_on(Facet.FAULT)[0].answer
    correct(library, folder, "reply", "vague", "fresh", answer=first, facet=Facet.FAULT)
    assert fault_of(folder) is Outcome.EVADED


def test_a_signal_taken_away_is_gone_from_every_screen(keep: Keep, library: Library) -> None:
    folder = keep()
    correct(library, folder, "signal", "too_clean", "", answer="a1")
    state = load_session(folder).state
    assert "too_clean" not in {each.name for each in findings(state)}
    assert "too_clean" not in {each.signal for each in summarize(state).threads[0].signals}
    assert "too_clean" not in {advice.about for advice in summarize(state).work_on}
    assert "too_clean" not in report_html(state)
    (row,) = library.page().sessions
    assert "too_clean" not in row.figures.threads[0].signals


def test_an_overruled_pushback_counts_as_met_in_the_progress(keep: Keep, library: Library) -> None:
    folder = keep()
    push = next(p for p in load_session(folder).state.threads["t1"].probes if p.pushback is not None)
    correct(library, folder, "reply", "capitulates", "holds", answer=push.answer, facet=push.facet)
    progress = progress_of(library.figures())
    assert next(s for s in progress.series if s.measure is Measure.MET).points[-1].value == 1.0
    assert [each.replies for each in progress.pushbacks] == [{"holds": 1}]
