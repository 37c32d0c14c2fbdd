"""The best-known other ways to cluster, given the same segments and vectors.

They are told the number of human codes where they need a number, as Polyvocal is where it is measured beside them.
The libraries are the optional extra `peers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.intp]
"""One label per segment; -1 where a peer leaves a segment out."""

QUESTION: Final = 0.5
"""The length of the question's column beside a vector of length 1."""
SMALL: Final = 4
"""The least segments in a topic where BERTopic is asked for small ones."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What every peer is given: n `texts` with unit `vectors` (n, d), the guide question each answers, and the
    number of human codes."""

    texts: Sequence[str]
    vectors: NDArray[np.float32]
    questions: Sequence[str]
    codes: int


def peers() -> Mapping[str, Callable[[Shared, int], Labels]]:
    """Each peer by name: from what all share and a seed to labels.

    Raises:
        ImportError: the extra `peers` is not installed; the error's name says which package.
    """
    import bertopic  # noqa: F401 - said before minutes of work, not after
    import evoc  # noqa: F401 - as above
    import umap  # noqa: F401 - as above

    return {
        "bertopic": lambda talk, seed: _bertopic(talk, seed, 10),
        "bertopic, small topics": lambda talk, seed: _bertopic(talk, seed, SMALL),
        "umap + hdbscan leaf": _hdbscan_leaf,
        "k-means": _k_means,
        "ward": lambda talk, _seed: _ward(talk.vectors, talk.codes),
        "ward + question": lambda talk, _seed: _ward(np.hstack([talk.vectors, _one_hot(talk)]), talk.codes),
        "evoc": _evoc,
    }


def members(labels: Labels) -> list[NDArray[np.intp]]:
    """The places of each cluster, in the order of its label."""
    return [np.flatnonzero(labels == label) for label in np.unique(labels) if label >= 0]


def _bertopic(talk: Shared, seed: int, smallest: int) -> Labels:
    """BERTopic as its documentation opens, but for the seed; `smallest` 10 is its default."""
    from bertopic import BERTopic

    topics, _ = BERTopic(umap_model=_umap(seed), min_topic_size=smallest).fit_transform(
        list(talk.texts), embeddings=talk.vectors
    )
    return np.array(topics, dtype=np.intp)


def _hdbscan_leaf(talk: Shared, seed: int) -> Labels:
    from hdbscan import HDBSCAN

    flat = _umap(seed).fit_transform(talk.vectors)
    found: Labels = HDBSCAN(min_cluster_size=SMALL, cluster_selection_method="leaf").fit_predict(flat).astype(np.intp)
    return found


def _umap(seed: int) -> Any:
    """BERTopic's own UMAP, with a seed."""
    from umap import UMAP

    return UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1)


def _k_means(talk: Shared, seed: int) -> Labels:
    from sklearn.cluster import KMeans

    clusters = min(talk.codes, len(talk.vectors))
    found: Labels = KMeans(clusters, n_init=10, random_state=seed).fit_predict(talk.vectors).astype(np.intp)
    return found


def _ward(points: NDArray[np.float32], codes: int) -> Labels:
    from sklearn.cluster import AgglomerativeClustering

    found: Labels = AgglomerativeClustering(n_clusters=min(codes, len(points))).fit_predict(points).astype(np.intp)
    return found


def _one_hot(talk: Shared) -> NDArray[np.float32]:
    names = sorted(set(talk.questions))
    columns = np.zeros((len(talk.questions), len(names)), dtype=np.float32)
    columns[np.arange(len(columns)), [names.index(question) for question in talk.questions]] = QUESTION
    return columns


def _evoc(talk: Shared, seed: int) -> Labels:
    from evoc import EVoC

    found: Labels = np.asarray(EVoC(random_state=seed).fit_predict(talk.vectors)).astype(np.intp)
    return found
