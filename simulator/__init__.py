"""A spoken mock interview that asks the follow-ups, until it has found the limit of the story."""

import os

__version__ = "0.1.0"

# Nothing leaves the machine, the libraries' own reports included: onnxruntime's wheels collect usage events and send
# them to their maker unless told otherwise. Said here, before any of them is loaded, and inherited by every process.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
