"""Learning rates that change while a network trains.

Pass a schedule to an optimizer instead of a number: ``SGD(parameters, lr=StepDecay(...))``. Before
each update, the optimizer calls it with the number of updates made so far (0 the first time) and
uses the learning rate it returns, a Python float.

A setting that is negative, infinite, NaN, or not a number raises ValueError or TypeError.
"""

import math

from .arguments import not_negative, positive, whole_number


class InverseTime:
    r"""Divide by a growing number: :math:`\eta_t = \eta_0 / (1 + \text{decay} \cdot t)`.

    Parameters
    ----------
    lr : float
        :math:`\eta_0`, the learning rate of the first step.
    decay : float
        Per step. After ``1 / decay`` steps the learning rate is half of ``lr``.
    """

    def __init__(self, lr, decay):
        self.lr = positive("lr", lr)
        self.decay = not_negative("decay", decay)

    def __call__(self, step):
        """Return the learning rate of a step, counted from 0."""
        return self.lr / (1 + self.decay * step)

    def config(self):
        """Return the arguments that build this object again."""
        return {"lr": self.lr, "decay": self.decay}


class StepDecay:
    r"""Stay, then drop: :math:`\eta_t = \eta_0\, \text{factor}^{\lfloor t / \text{every} \rfloor}`.

    Parameters
    ----------
    lr : float
        :math:`\eta_0`, the learning rate of the first step.
    factor : float
        What the learning rate is multiplied by at each drop.
    every : int
        Number of steps between two drops.
    """

    def __init__(self, lr, factor, every):
        self.lr = positive("lr", lr)
        self.factor = positive("factor", factor)
        self.every = whole_number("every", every)

    def __call__(self, step):
        """Return the learning rate of a step, counted from 0."""
        return self.lr * self.factor ** (step // self.every)

    def config(self):
        """Return the arguments that build this object again."""
        return {"lr": self.lr, "factor": self.factor, "every": self.every}


class Exponential:
    r"""Multiply by the same factor at every step: :math:`\eta_t = \eta_0\, \text{factor}^t`.

    Parameters
    ----------
    lr : float
        :math:`\eta_0`, the learning rate of the first step.
    factor : float
        Slightly below 1.
    """

    def __init__(self, lr, factor):
        self.lr = positive("lr", lr)
        self.factor = positive("factor", factor)

    def __call__(self, step):
        """Return the learning rate of a step, counted from 0."""
        return self.lr * self.factor**step

    def config(self):
        """Return the arguments that build this object again."""
        return {"lr": self.lr, "factor": self.factor}


class Cosine:
    r"""Fall along half a cosine wave, slowly at both ends, then stay.

    .. math:: \eta_t = \eta_\text{final} +
        \tfrac12 (\eta_0 - \eta_\text{final}) \left(1 + \cos\frac{\pi t}{\text{steps}}\right)

    Parameters
    ----------
    lr : float
        :math:`\eta_0`, the learning rate of the first step.
    steps : int
        The step at which the learning rate reaches ``final``: usually epochs times batches per
        epoch.
    final : float
        :math:`\eta_\text{final}`.

    References
    ----------
    I. Loshchilov, F. Hutter (2017), SGDR: stochastic gradient descent with warm restarts, ICLR.
    """

    def __init__(self, lr, steps, final=0.0):
        self.lr = positive("lr", lr)
        self.steps = whole_number("steps", steps)
        self.final = not_negative("final", final)

    def __call__(self, step):
        """Return the learning rate of a step, counted from 0."""
        share = min(step / self.steps, 1.0)
        return self.final + 0.5 * (self.lr - self.final) * (1 + math.cos(math.pi * share))

    def config(self):
        """Return the arguments that build this object again."""
        return {"lr": self.lr, "steps": self.steps, "final": self.final}


class WarmUp:
    r"""Rise in a straight line at first, then follow another schedule.

    In the first ``steps`` steps the learning rate is ``(t + 1) / steps`` of what the schedule
    says at its start; after them the schedule begins, at its own step 0.

    Parameters
    ----------
    schedule : callable
        One of the schedules of this module.
    steps : int
        The length of the rise.

    References
    ----------
    P. Goyal et al. (2017), Accurate, large minibatch SGD, arXiv:1706.02677, section 2.2.
    """

    def __init__(self, schedule, steps):
        if not callable(schedule):
            raise TypeError(
                "schedule must be one of the schedules, such as Cosine(0.1, steps=1000). "
                f"Received: schedule={schedule!r}"
            )
        self.schedule = schedule
        self.steps = whole_number("steps", steps)

    def __call__(self, step):
        """Return the learning rate of a step, counted from 0."""
        if step < self.steps:
            return self.schedule(0) * (step + 1) / self.steps
        return self.schedule(step - self.steps)

    def config(self):
        """Return the arguments that build this object again."""
        return {"schedule": self.schedule, "steps": self.steps}

