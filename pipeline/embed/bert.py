"""A BERT encoder as an OpenVINO graph, built straight from its safetensors file.

Building takes a quarter of a second. The usual way round, an export through torch and ONNX, costs seconds, half
a gigabyte and a cache of exported files, and gives the same graph.

Source of the architecture: Devlin et al. 2019, https://arxiv.org/abs/1810.04805; layer names as in the files that
Hugging Face transformers writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.errors import ModelUnavailable
from pipeline.embed.manifest import WEIGHTS, Manifest

EXPECTED: Final[Mapping[str, object]] = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
}
"""What config.json must say for this graph to be the model's own."""

Node = Any


def is_bert(folder: Path) -> bool:
    """Whether the model in `folder` is one that `build` knows."""
    config = _config(folder)
    return all(config.get(key) == value for key, value in EXPECTED.items())


def require_layers(manifest: Manifest, folder: Path) -> None:
    """Refuse a model that cannot be stopped where the manifest says.

    Raises:
        ModelUnavailable: it has no such layer before its last, or is built in a way that is not known here.
    """
    if manifest.layers is None:
        return
    has = _config(folder).get("num_hidden_layers", 0) if is_bert(folder) else 0
    if manifest.layers >= has:
        raise ModelUnavailable(
            f"The model {manifest.name} cannot be stopped after {manifest.layers} layers. "
            f"Take `manner_layers` out of models/{manifest.name}.toml, or name a number below {has}."
        )


def build(manifest: Manifest, folder: Path) -> Any:
    """The model in `folder` as an `openvino.Model`, with openvino already imported.

    Inputs: token ids, int32 (texts, tokens); mask, float32 (texts, tokens), 0 for a token and -inf for padding.
    Output: one vector per token, float32 (texts, tokens, dimension).

    Raises:
        ModelUnavailable: the model is no BERT.
    """
    import openvino as ov
    from openvino import opset13 as ops
    from safetensors.numpy import load_file

    if not is_bert(folder):
        raise ModelUnavailable(
            f"The OpenVINO engine does not know how {manifest.name} is built. "
            'Choose engine = "sentence-transformers.v1" under [embed] in the settings.'
        )
    config = _config(folder)
    graph = _Bert(ops, load_file(folder / WEIGHTS), config, manifest.layers or config["num_hidden_layers"])
    ids = ops.parameter([-1, -1], np.int32, name="ids")
    mask = ops.parameter([-1, -1], np.float32, name="mask")
    return ov.Model([ops.result(graph.tokens(ids, mask))], [ids, mask], manifest.name)


def _config(folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return {"position_embedding_type": "absolute", **config}


@dataclass(frozen=True, slots=True)
class _Bert:
    """The layers, each named as in the weights file. Shapes: B texts, T tokens, D dimension, H heads."""

    ops: Any
    weights: Mapping[str, NDArray[np.float32]]
    config: Mapping[str, Any]
    layers: int

    def tokens(self, ids: Node, mask: Node) -> Node:
        """(B, T) ids → (B, T, D)."""
        shown = self.ops.unsqueeze(mask, self._ints(1, 2))  # (B, 1, 1, T): every head and token sees the same
        x = self._embedded(ids)
        for number in range(self.layers):
            x = self._layer(x, shown, f"encoder.layer.{number}")
        return x

    def _embedded(self, ids: Node) -> Node:
        ops, name = self.ops, "embeddings"
        zero = self.ops.constant(np.int64(0))
        length = ops.gather(ops.shape_of(ids, output_type="i64"), self._ints(1), zero)
        words = ops.gather(self._weight(f"{name}.word_embeddings.weight"), ids, zero)
        places = ops.slice(
            self._weight(f"{name}.position_embeddings.weight"), self._ints(0), length, self._ints(1), self._ints(0)
        )
        kind = ops.constant(self.weights[f"{name}.token_type_embeddings.weight"][0])
        return self._normed(ops.add(ops.add(words, places), kind), f"{name}.LayerNorm")

    def _layer(self, x: Node, shown: Node, name: str) -> Node:
        ops = self.ops
        x = self._normed(
            ops.add(self._attended(x, shown, f"{name}.attention"), x), f"{name}.attention.output.LayerNorm"
        )
        wide = ops.gelu(self._linear(x, f"{name}.intermediate.dense"), "erf")
        return self._normed(ops.add(self._linear(wide, f"{name}.output.dense"), x), f"{name}.output.LayerNorm")

    def _attended(self, x: Node, shown: Node, name: str) -> Node:
        ops, heads, width = self.ops, self.config["num_attention_heads"], self.config["hidden_size"]

        def split(part: str) -> Node:  # (B, T, D) → (B, H, T, D/H)
            parted = self._reshaped(self._linear(x, f"{name}.self.{part}"), heads, width // heads)
            return ops.transpose(parted, self._ints(0, 2, 1, 3))

        seen = ops.scaled_dot_product_attention(split("query"), split("key"), split("value"), shown)
        joined = self._reshaped(ops.transpose(seen, self._ints(0, 2, 1, 3)), width)
        return self._linear(joined, f"{name}.output.dense")

    def _linear(self, x: Node, name: str) -> Node:
        product = self.ops.matmul(x, self._weight(f"{name}.weight"), transpose_a=False, transpose_b=True)
        return self.ops.add(product, self._weight(f"{name}.bias"))

    def _normed(self, x: Node, name: str) -> Node:
        centred = self.ops.mvn(
            x, self._ints(-1), normalize_variance=True, eps=self.config["layer_norm_eps"], eps_mode="inside_sqrt"
        )
        return self.ops.add(self.ops.multiply(centred, self._weight(f"{name}.weight")), self._weight(f"{name}.bias"))

    def _reshaped(self, x: Node, *last: int) -> Node:
        """The first two axes stay (0 keeps an axis), the rest become `last`."""
        return self.ops.reshape(x, self._ints(0, 0, *last), special_zero=True)

    def _weight(self, name: str) -> Node:
        return self.ops.constant(self.weights[name])

    def _ints(self, *values: int) -> Node:
        return self.ops.constant(np.array(values, np.int64))
