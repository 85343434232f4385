"""The judge's heads in numpy: from the encoder's token vectors to probabilities, and to the words that weigh most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

HIDDEN = 256
"""Width of the hidden layer over a reply's pooled vectors."""

ANSWER_KEYS = 96
ANSWER_VALUES = 128
SENTENCE_HIDDEN = 128


def softmax(logits: Array) -> Array:
    """Give probabilities along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


def sigmoid(logits: Array) -> Array:
    """Give the probability of each label by itself."""
    return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float32)


def gelu(x: Array) -> Array:
    """Give the Gaussian error linear unit (tanh form, within 0.001 of the exact one)."""
    return np.asarray(0.5 * x * (1.0 + np.tanh(0.7978845608 * (x + 0.044715 * x**3))), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Standard:
    """Mean and scale of the counted features in training."""

    mean: Array
    scale: Array

    def __call__(self, features: Array) -> Array:
        """Give the features with mean 0 and spread 1, held within 4 spreads."""
        return np.asarray(np.clip((features - self.mean) / self.scale, -4, 4), dtype=np.float32)


class PairHead:
    """Judges a reply from the encoder's vectors of its row."""

    def __init__(self, weights: Mapping[str, Array], name: str) -> None:
        self._w = {k.removeprefix(f"{name}."): v for k, v in weights.items() if k.startswith(f"{name}.")}

    def __call__(self, vectors: Array, segments: Array, features: Array) -> tuple[Array, Array]:
        """Give logits, and for each token how much it weighed.

        Args:
            vectors: (tokens, width).
            segments: (tokens), as in `PairRow`.
            features: standardised.
        """
        weight = np.zeros(len(vectors), dtype=np.float32)
        parts = [vectors[0]]
        for segment in (1, 2, 3):
            chosen = vectors[segments == segment]
            parts.append(chosen.mean(axis=0) if len(chosen) else np.zeros_like(vectors[0]))
        for segment, query in ((2, "query_reply"), (3, "query_before")):
            chosen = vectors[segments == segment]
            if len(chosen):
                share = softmax(chosen @ self._w[query])
                weight[segments == segment] = share
                parts.append(share @ chosen)
            else:
                parts.append(np.zeros_like(vectors[0]))
        hidden = self._w["inner.weight"] @ np.concatenate(parts) + self._w["inner.bias"]
        hidden = gelu(hidden + self._w["counted.weight"] @ features + self._w["counted.bias"])
        return np.asarray(self._w["outer.weight"] @ hidden + self._w["outer.bias"], dtype=np.float32), weight


class AnswerHead:
    """Judges an answer from the encoder's vectors of all its tokens."""

    def __init__(self, weights: Mapping[str, Array], facets: int) -> None:
        self._w = {k.removeprefix("answer."): v for k, v in weights.items() if k.startswith("answer.")}
        self._facets = facets

    def __call__(self, vectors: Array, features: Array) -> tuple[Array, Array, Array]:
        """Give facet logits (facets, 3), signal logits (signals) and how much each token weighed for each label."""
        w = self._w
        values = gelu(vectors @ w["values.weight"].T + w["values.bias"])
        keys = vectors @ w["keys.weight"].T + w["keys.bias"]
        weight = softmax(np.asarray(w["queries"] @ keys.T / ANSWER_KEYS**0.5, dtype=np.float32))
        seen = weight @ values
        each = np.concatenate([np.repeat(seen[: self._facets], 3, axis=0), seen[self._facets :]])
        logits = (each * w["attended"]).sum(axis=-1)
        logits = logits + w["mean.weight"] @ values.mean(axis=0) + w["mean.bias"]
        logits = np.asarray(logits + w["counted.weight"] @ features + w["counted.bias"], dtype=np.float32)
        return logits[: self._facets * 3].reshape(self._facets, 3), logits[self._facets * 3 :], weight

    def sentences(self, vectors: Array, spans: Sequence[npt.NDArray[np.intp]]) -> tuple[Array, Array]:
        """Give role and agent logits of sentences, given the positions of each one's tokens."""
        w = self._w
        mean = vectors.mean(axis=0)
        pooled = np.stack([np.concatenate([vectors[s].mean(axis=0) if len(s) else mean, mean]) for s in spans])
        hidden = gelu(np.asarray(pooled @ w["sentence.weight"].T + w["sentence.bias"], dtype=np.float32))
        role = hidden @ w["role.weight"].T + w["role.bias"]
        agent = hidden @ w["agent.weight"].T + w["agent.bias"]
        return np.asarray(role, dtype=np.float32), np.asarray(agent, dtype=np.float32)
