"""PyTorch: the usual training loop, on tensors that lie in memory.

The images stay uint8; a batch is taken by indexing and turned into floats in [0, 1], without the
worker processes and the collecting of single samples that a DataLoader would add. The penalty on
the weights is Adam's own `weight_decay` (whose gradient is `weight_decay * weight`, hence the
factor 2), in a single group with the biases, which costs least. The learning rate is set in the
group, without a scheduler object.

Variants: "eager" with Adam as it comes; "fused" with its single kernel for the update; "compile"
with the fused update and all else in the step through torch.compile.
"""

import torch
from torch import nn
from torch.nn import functional


class Training:
    def __init__(self, workload, images, labels, variant):
        self.workload = workload
        self.images = torch.from_numpy(images.reshape(len(images), -1))
        self.labels = torch.from_numpy(labels).long()
        layers = []
        *pairs, (last, classes) = workload.layers
        for width, units in pairs:
            layers += [nn.Linear(width, units), nn.ReLU(), nn.Dropout(workload.dropout)]
        self.network = nn.Sequential(*layers, nn.Linear(last, classes))
        self.optimizer = torch.optim.Adam(
            self.network.parameters(),
            lr=workload.lr,
            eps=workload.eps,
            weight_decay=2 * workload.l2,
            fused=variant != "eager" or None,
        )
        self.forward = torch.compile(self._forward) if variant == "compile" else self._forward
        self.step = 0

    def _forward(self, rows):
        y = self.labels[rows]
        logits = self.network(self.images[rows].float() / 255)
        right = (logits.detach().argmax(1) == y).sum()
        return functional.cross_entropy(logits, y), right

    def epoch(self):
        batch_size = self.workload.batch_size
        order = torch.randperm(len(self.images))
        total = right = 0.0
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            loss, correct = self.forward(rows)
            self.optimizer.zero_grad()
            loss.backward()
            for group in self.optimizer.param_groups:
                group["lr"] = self.workload.learning_rate(self.step)
            self.optimizer.step()
            self.step += 1
            total += loss.item() * len(rows)
            right += correct.item()
        return total / len(order), right / len(order)


def build(workload, images, labels, threads, variant):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    return Training(workload, images, labels, variant)
