"""The one player, in its two forms: to a device, and to nobody."""

from __future__ import annotations

from simulator.speaking.device_player import DevicePlayer
from simulator.speaking.playback import Player
from simulator.speaking.silent_player import SilentPlayer

__all__ = ["DevicePlayer", "Player", "SilentPlayer"]
