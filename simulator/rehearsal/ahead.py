"""What a spoken session waits for longest, begun before the rest of the program is loaded: its voice."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.config.settings import Settings
from simulator.domain.speech import Voice
from simulator.rehearsal.notices import Notices
from simulator.speaking.voices import open_voice


@dataclass(frozen=True, slots=True)
class Ahead:
    """A voice whose process has begun to load, and what it has to say to the user."""

    voice: Voice
    notices: Notices


def begin_voice(profile: str, settings: Settings) -> Ahead:
    """Begin to load the interviewer's voice; the session that it is given to closes it.

    Args:
        profile: name or file of a voice profile; "" takes the setting's.
        settings: the user's settings.

    Raises:
        BadInputError: the profile is malformed or there is none of that name.
        ModelError: no engine of the profile is there.
    """
    notices = Notices()
    return Ahead(open_voice(profile, settings, notices.add), notices)
