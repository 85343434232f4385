"""The network that is trained: MiniLM's encoder and the judge's heads, in torch."""

from __future__ import annotations

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from simulator.judging.heads import ANSWER_KEYS, ANSWER_VALUES, HIDDEN, SENTENCE_HIDDEN


class Layer(nn.Module):
    """One layer of a BERT encoder (post-norm)."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Map (rows, tokens, width) to the same; `mask` is added to the attention scores."""
        rows, tokens, width = x.shape
        q, k, v = self.qkv(x).view(rows, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype))
        a = self.out(a.transpose(1, 2).reshape(rows, tokens, width))
        x = self.norm1(x + a)
        h = self.down(F.gelu(self.up(x)))
        return self.norm2(x + F.dropout(h, self.dropout, self.training))


class Encoder(nn.Module):
    """MiniLM-L6: token ids in, a vector for each token out."""

    def __init__(self, config: dict[str, int], dropout: float) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.words = nn.Embedding(config["vocab_size"], width)
        self.positions = nn.Embedding(config["max_position_embeddings"], width)
        self.types = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(
            Layer(width, config["num_attention_heads"], config["intermediate_size"], dropout)
            for _ in range(config["num_hidden_layers"])
        )
        self.dropout = dropout

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Map (rows, tokens) to (rows, tokens, width); `mask` is 1 for tokens and 0 for padding."""
        place = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.positions(place)[None] + self.types(types))
        x = F.dropout(x, self.dropout, self.training)
        added = (1.0 - mask[:, None, None, :].float()) * -10000.0
        for layer in self.layers:
            x = layer(x, added)
        return x

    @classmethod
    def pretrained(cls, folder: Path, dropout: float = 0.1) -> Encoder:
        """Load the weights of a sentence-transformers BERT folder."""
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        given = load_file(folder / "model.safetensors")
        given = {k.removeprefix("bert."): v for k, v in given.items()}
        encoder = cls(config, dropout)
        state = {
            "words.weight": given["embeddings.word_embeddings.weight"],
            "positions.weight": given["embeddings.position_embeddings.weight"],
            "types.weight": given["embeddings.token_type_embeddings.weight"],
            "norm.weight": given["embeddings.LayerNorm.weight"],
            "norm.bias": given["embeddings.LayerNorm.bias"],
        }
        for i in range(config["num_hidden_layers"]):
            there = f"encoder.layer.{i}."
            for kind in ("weight", "bias"):
                state[f"layers.{i}.qkv.{kind}"] = torch.cat(
                    [given[f"{there}attention.self.{n}.{kind}"] for n in ("query", "key", "value")]
                )
                for ours, theirs in (
                    ("out", "attention.output.dense"),
                    ("norm1", "attention.output.LayerNorm"),
                    ("up", "intermediate.dense"),
                    ("down", "output.dense"),
                    ("norm2", "output.LayerNorm"),
                ):
                    state[f"layers.{i}.{ours}.{kind}"] = given[f"{there}{theirs}.{kind}"]
        encoder.load_state_dict(state)
        return encoder


def _pool(x: Tensor, chosen: Tensor) -> Tensor:
    weight = chosen.to(x.dtype)[..., None]
    return (x * weight).sum(1) / weight.sum(1).clamp(min=1.0)


def _attend(x: Tensor, query: Tensor, chosen: Tensor) -> Tensor:
    score = (x @ query).masked_fill(~chosen, -1e4)
    weight = score.softmax(-1) * chosen
    return (x * weight[..., None]).sum(1)


class PairHead(nn.Module):
    """Judges a reply: pools the tokens of each segment, adds what code counted."""

    def __init__(self, width: int, features: int, labels: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.query_reply = nn.Parameter(torch.zeros(width))
        self.query_before = nn.Parameter(torch.zeros(width))
        self.inner = nn.Linear(6 * width, HIDDEN)
        self.counted = nn.Linear(features, HIDDEN)
        self.outer = nn.Linear(HIDDEN, labels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, segments: Tensor, features: Tensor) -> Tensor:
        """Give logits from (rows, tokens, width), the tokens' segments and the (standardised) features."""
        x = x.float()
        parts = [x[:, 0], _pool(x, segments == 1), _pool(x, segments == 2), _pool(x, segments == 3)]
        parts.append(_attend(x, self.query_reply, segments == 2))
        parts.append(_attend(x, self.query_before, segments == 3))
        hidden = F.gelu(self.inner(self.dropout(torch.cat(parts, -1))) + self.counted(self.dropout(features)))
        return self.outer(self.dropout(hidden))


class AnswerHead(nn.Module):
    """Judges an answer: each facet and signal attends to the tokens that show it; sentences by their mean."""

    def __init__(self, width: int, features: int, facets: int, signals: int, roles: int, agents: int) -> None:
        super().__init__()
        count = facets + signals
        self.facets = facets
        self.keys = nn.Linear(width, ANSWER_KEYS)
        self.values = nn.Linear(width, ANSWER_VALUES)
        self.queries = nn.Parameter(torch.randn(count, ANSWER_KEYS) * 0.1)
        self.attended = nn.Parameter(torch.randn(facets * 3 + signals, ANSWER_VALUES) * 0.05)
        self.mean = nn.Linear(ANSWER_VALUES, facets * 3 + signals)
        self.counted = nn.Linear(features, facets * 3 + signals)
        self.sentence = nn.Linear(2 * width, SENTENCE_HIDDEN)
        self.role = nn.Linear(SENTENCE_HIDDEN, roles)
        self.agent = nn.Linear(SENTENCE_HIDDEN, agents)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """Give facet logits (facets, 3) and signal logits (signals) of one answer's tokens (tokens, width)."""
        x = x.float()
        values = F.gelu(self.values(self.dropout(x)))
        weight = (self.queries @ self.keys(x).T / ANSWER_KEYS**0.5).softmax(-1)
        seen = self.dropout(weight @ values)
        each = torch.cat([seen[: self.facets].repeat_interleave(3, 0), seen[self.facets :]])
        logits = (each * self.attended).sum(-1) + self.mean(self.dropout(values.mean(0)))
        logits = logits + self.counted(self.dropout(features))
        return logits[: self.facets * 3].view(self.facets, 3), logits[self.facets * 3 :]

    def sentences(self, x: Tensor, spans: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Give role and agent logits for sentences, given the positions of each one's tokens."""
        x = x.float()
        mean = x.mean(0)
        pooled = torch.stack([torch.cat([x[s].mean(0) if len(s) else mean, mean]) for s in spans])
        hidden = F.gelu(self.sentence(self.dropout(pooled)))
        return self.role(self.dropout(hidden)), self.agent(self.dropout(hidden))


class Network(nn.Module):
    """One encoder, three heads."""

    def __init__(self, encoder: Encoder, features: int, sizes: dict[str, int]) -> None:
        super().__init__()
        width = encoder.words.embedding_dim
        self.encoder = encoder
        self.reply = PairHead(width, features, sizes["reply"])
        self.pushback = PairHead(width, features, sizes["pushback"])
        self.answer = AnswerHead(width, features, sizes["facets"], sizes["signals"], sizes["roles"], sizes["agents"])
