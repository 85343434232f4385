"""The language model that a session uses: the configured one, or the one served on this machine; and what it does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from simulator.config.settings import LanguageModelSettings
from simulator.domain.errors import BadInputError, SimulatorError
from simulator.domain.judgements import Judge
from simulator.models.local_server import active_server
from simulator.rehearsal.keys import language_model_key
from simulator.rehearsal.parts import Wording

STOP_S = 2.0
"""How long a stopped calibration is waited for: a question that is under way then is given up with the process."""

logger = logging.getLogger(__name__)


def found_language_model(settings: LanguageModelSettings) -> LanguageModelSettings | None:
    """Give the settings of the language model that is there, or None.

    A configured address comes first; without one, the server that `interview local-model start` has
    started is used.

    Raises:
        BadInputError: an address is configured, and no model's name.
    """
    if settings.base_url:
        if not settings.model:
            raise BadInputError(
                "The setting language_model.base_url is there, but language_model.model is not.",
                "Set the model's name as the server knows it.",
            )
        return settings
    server = active_server()
    if server is None:
        return None
    return settings.model_copy(update={"base_url": server.base_url, "model": server.model})


def make_wording(settings: LanguageModelSettings) -> Wording | None:
    """Give the model that words follow-ups, or None where the templates do.

    Raises:
        BadInputError: settings or prompts are not as they must be.
    """
    found = found_language_model(settings) if settings.words else None
    if found is None:
        return None
    from simulator.rehearsal.wording import LanguageModelWording

    return LanguageModelWording(found, language_model_key(found))


def make_judge(settings: LanguageModelSettings, embedded: Judge) -> Judge:
    """Give the judge that the settings ask for: the embedded engine, or both, each for what it judges better.

    Raises:
        BadInputError: settings or prompts are not as they must be.
    """
    found = found_language_model(settings) if settings.judge != "embedded" else None
    if found is None:
        return embedded
    from simulator.judging.choice import choose_judge

    return choose_judge(found, language_model_key(found), embedded)


class BackgroundCalibration:
    """Measures the language model once, on a thread of its own, where `judge = "auto"` waits for that.

    Meant for idle times: on a server of this machine it takes the processor that a running session
    needs, so stop it when one begins. What was measured by then is kept, and the next start goes on.

    Args:
        settings: the user's.
        load: loads the embedded engine.
        now: the moment, ISO 8601.
    """

    def __init__(self, settings: LanguageModelSettings, load: Callable[[], Judge], now: str) -> None:
        self._settings = settings
        self._load = load
        self._now = now
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="calibration", daemon=True)

    def start(self) -> None:
        """Begin, if there is a model that has not been measured."""
        if self._settings.judge == "auto":
            self._thread.start()

    def stop(self) -> None:
        """End it after the questions that are under way."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def _run(self) -> None:
        from simulator.judging.choice import needs_calibration
        from simulator.judging.language_model import LanguageModelJudge
        from simulator.judging.language_model_calibration import calibrate_model

        try:
            found = found_language_model(self._settings)
            if found is None:
                return
            embedded = self._load()
            if not needs_calibration(found, embedded):
                return
            judge = LanguageModelJudge(found, language_model_key(found), embedded)
            try:
                calibrate_model(judge, self._now, stopped=self._stopped.is_set)
            finally:
                judge.close()
        except SimulatorError as error:
            logger.warning("the language model could not be calibrated: %s", error.message)
