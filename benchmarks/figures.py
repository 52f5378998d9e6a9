"""Drawing the results from the stored JSON, in the style of the chapters, without measuring."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from shared.plots import FAINT, INK, ROLES, use_style

from .implementations import PEERS
from .tricks import VARIANTS

OURS = ROLES["ours"].color
# The roles of the peers, by the first word of their names.
PEER_ROLES = {
    "shared": "ours",
    "torch": "PyTorch",
    "keras": "Keras",
    "jax": "JAX",
    "sklearn": "scikit-learn",
    "teaching": "teaching style",
}
HATCHES = {"shared": "//", "floor": ".."}  # ours, and the floor that nobody can beat


def draw(results, folder):
    """Draw a picture for every result that is there; return the paths."""
    drawings = {
        "training_speed": lambda: training_speed(results["training_speed"]),
        "tricks": lambda: tricks(results["tricks"]),
        "scaling": lambda: scaling(results["scaling"]),
        "memory": lambda: memory(results["memory"]),
    }
    paths = []
    with plt.rc_context():
        use_style()
        for name, drawing in drawings.items():
            if name not in results:
                continue
            figure = drawing()
            path = folder / f"{name}.png"
            # Without the version of Matplotlib, which would change the file for nothing.
            figure.savefig(path, dpi=110, metadata={"Software": None})
            plt.close(figure)
            paths.append(path)
    return paths


def peer_color(name):
    """Return the color of a peer's role; the floor, which has none, is gray."""
    role = PEER_ROLES.get(name.partition("_")[0])
    return ROLES[role].color if role else FAINT


def _bars(axes, rows, unit, form="{:.2f}"):
    """Draw horizontal bars with their numbers at the end; rows of (label, value, color, hatch)."""
    for place, (_, value, color, hatch) in enumerate(rows):
        axes.barh(place, value, color=color, hatch=hatch, edgecolor="white", height=0.72)
        axes.annotate(
            form.format(value),
            (value, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},  # readable over a line
            zorder=3,
        )
    axes.set_yticks(range(len(rows)), [row[0] for row in rows])
    axes.invert_yaxis()
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.12)
    axes.set_xlabel(unit)


def training_speed(result):
    """One panel for each number of threads; peers from fast to slow."""
    runs = result["runs"]
    figure, panels = plt.subplots(
        1, len(runs), figsize=(5.4 * len(runs), 4.6), squeeze=False, layout="constrained"
    )
    for axes, run in zip(panels[0], runs, strict=True):
        rows = []
        for entry in sorted(
            (e for e in run["results"].values() if "ms_per_step" in e),
            key=lambda entry: entry["ms_per_step"],
        ):
            label = PEERS[entry["peer"]].label
            kernel = next(iter(entry["blas"].values()), {}).get("kernel")
            if kernel:
                label += f"  [{kernel}]"
            name = entry["peer"]
            rows.append((label, entry["ms_per_step"], peer_color(name), HATCHES.get(name)))
        _bars(axes, rows, "milliseconds per step (shorter is faster)")
        plural = "s" if run["threads"] > 1 else ""
        axes.set_title(f"{run['threads']} thread{plural}", loc="left", weight="bold")
        for label, row in zip(axes.get_yticklabels(), rows, strict=True):
            if row[3]:
                label.set_weight("bold")
    return figure


def tricks(result):
    """The slowdown without each trick; one panel for each workload."""
    runs = result["runs"]
    figure, panels = plt.subplots(
        1,
        len(runs),
        figsize=(2.6 + 2.7 * len(runs), 4),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for axes, run in zip(panels[0], runs, strict=True):
        rows = [(VARIANTS[n][0], ratio, OURS, None) for n, ratio in run["slowdown"].items()]
        _bars(axes, rows, "time without it ÷ time with it")
        axes.axvline(1, color=INK, linewidth=1.5, linestyle="--")
        work = run["workload"]
        sizes = "-".join(map(str, work["hidden"]))
        back = "\nmemory given back" if run["freed_memory"] == "given back" else ""
        axes.set_title(f"{sizes}, batch {work['batch_size']}{back}", loc="left", fontsize=10)
    panels[0][0].invert_yaxis()
    panels[0][0].set_ylim(len(rows) - 0.4, -0.6)
    return figure


def scaling(result):
    """Three panels on logarithmic axes, each with a power law where one fits."""
    titles = {
        "samples": "number of samples",
        "batch_size": "batch size",
        "width": "width of the first hidden layer",
    }
    figure, panels = plt.subplots(1, 3, figsize=(10.5, 3.5), layout="constrained")
    for axes, (name, title) in zip(panels, titles.items(), strict=True):
        sweep = result["sweeps"][name]
        axes.plot(sweep["x"], sweep["seconds"], color=OURS, marker="o")
        axes.set(xscale="log", yscale="log", xlabel=title)
        axes.set_xticks(sweep["x"], [f"{x:,}" for x in sweep["x"]], rotation=45)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        seconds = sweep["seconds"]
        axes.set_ylim(min(seconds) / 2, max(seconds) * 2)
        for x, y in zip(sweep["x"], seconds, strict=True):
            axes.annotate(
                f"{y:.2g}",
                (x, y),
                xytext=(0, 6),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )
        exponent, where = sweep["exponent"], ""
        if exponent is None and sweep.get("exponent_of_widest") is not None:
            exponent, where = sweep["exponent_of_widest"], "widest three: "
        note = f"{where}time ∝ $x^{{{exponent:.2f}}}$" if exponent is not None else "no power law"
        axes.text(0.04, 0.94, note, transform=axes.transAxes, va="top", color=FAINT)
    panels[0].set_ylabel("seconds per epoch")
    return figure


def memory(result):
    """Peak memory of each peer, with the limit that this project keeps to."""
    figure, axes = plt.subplots(figsize=(6.4, 2.9), layout="constrained")
    rows = [
        (PEERS[name].label, found["peak_mb"], peer_color(name), HATCHES.get(name))
        for name, found in sorted(result["results"].items(), key=lambda item: item[1]["peak_mb"])
    ]
    _bars(axes, rows, "peak resident memory, MB", "{:.0f}")
    axes.axvline(result["limit_mb"], color=INK, linewidth=1.5, linestyle="--")
    axes.annotate(
        f"limit {result['limit_mb']} MB",
        (result["limit_mb"], 1),
        xycoords=("data", "axes fraction"),
        xytext=(4, 2),
        textcoords="offset points",
        fontsize=8,
    )
    return figure
