"""The peers: the same training loop, written once for each library in its own fast and usual way.

Each module here has a function ``build(workload, images, labels, threads)`` (and options, where one
module serves several peers). It is handed uint8 images ``(n, 28, 28)`` and uint8 labels ``(n,)``,
and returns an object whose ``epoch()`` trains on all of them once, in a new order, and returns the
running loss and accuracy (None where a library gives none), and the seconds it took where it has to
take the time itself.
"""

import importlib
from dataclasses import dataclass, field

from .. import machine


@dataclass(frozen=True)
class Peer:
    """One line of the comparison."""

    name: str
    label: str
    module: str
    requires: tuple[str, ...] = ()
    options: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)
    uses_openblas: bool = False

    def missing(self):
        """Return the modules that would have to be installed."""
        return [name for name in self.requires if not machine.is_installed(name)]

    def build(self, workload, images, labels, threads):
        module = importlib.import_module(f"{__name__}.{self.module}")
        return module.build(workload, images, labels, threads, **self.options)


def _keras(backend, label):
    return Peer(
        f"keras_{backend}",
        f"Keras on {label}",
        "keras_fit",
        requires=("keras", backend),
        environment={"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )


_PEERS = (
    Peer("shared", "this project", "shared_fit", uses_openblas=True),
    Peer("torch", "PyTorch", "torch_loop", ("torch",), {"variant": "eager"}),
    Peer("torch_fused", "PyTorch, fused Adam", "torch_loop", ("torch",), {"variant": "fused"}),
    Peer("torch_compile", "PyTorch, compiled", "torch_loop", ("torch",), {"variant": "compile"}),
    _keras("torch", "PyTorch"),
    _keras("tensorflow", "TensorFlow"),
    _keras("jax", "JAX"),
    Peer("jax", "JAX under jit", "jax_jit", ("jax",), {"whole_epoch": False}),
    Peer("jax_scan", "JAX, epoch under scan", "jax_jit", ("jax",), {"whole_epoch": True}),
    Peer("sklearn", "scikit-learn", "sklearn_mlp", ("sklearn",), uses_openblas=True),
    Peer("teaching", "usual teaching style", "teaching_style", uses_openblas=True),
    Peer("floor", "matrix products alone", "floor", uses_openblas=True),
)
PEERS = {peer.name: peer for peer in _PEERS}
