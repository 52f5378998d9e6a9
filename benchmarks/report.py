"""Tables in Markdown, made from the JSON that was kept."""

import statistics

from .implementations import PEERS
from .tricks import VARIANTS

BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"


def results_page(results):
    """Return the page that shows everything, as Markdown."""
    parts = ["# Results", "Written by `python -m benchmarks`; nothing here is edited by hand."]
    if "training_speed" in results:
        result = results["training_speed"]
        parts += ["## Training speed", machine_line(result["machine"]), SPEED_TEXT]
        for run in result["runs"]:
            parts += [speed_table(run), launch_note(run), busy_note(run)]
        parts += [absent(result["runs"]), "![Milliseconds per step](training_speed.png)"]
    if "grid" in results:
        result = results["grid"]
        parts += ["## Batch sizes and widths", machine_line(result["machine"]), GRID_TEXT]
        parts += [grid_table(result["runs"], pinned) for pinned in settings(result["runs"])]
        parts += [absent(result["runs"])]
    if "tricks" in results:
        result = results["tricks"]
        parts += ["## What each trick is worth", machine_line(result["machine"]), TRICKS_TEXT]
        parts += [tricks_table(result["runs"]), "![Slowdown without each trick](tricks.png)"]
    if "scaling" in results:
        result = results["scaling"]
        parts += ["## Scaling", machine_line(result["machine"]), scaling_text(result["sweeps"])]
        parts += ["![Seconds per epoch](scaling.png)"]
    if "memory" in results:
        result = results["memory"]
        parts += ["## Memory", machine_line(result["machine"]), MEMORY_TEXT, memory_table(result)]
        parts += [missing_lines(result["missing"]), "![Peak memory](memory.png)"]
    if "guard" in results:
        parts += ["## Guard", guard_line(results["guard"])]
    return "\n\n".join(part for part in parts if part) + "\n"


SPEED_TEXT = (
    "Milliseconds for one step of the baseline with batches of 128, median of all rounds, and this "
    "project's time divided by the peer's: below 1 this project is faster."
)
GRID_TEXT = (
    "Time of this project divided by the peer's, at one thread: below 1 this project is faster, "
    "numbers in bold mark where it is not. The narrower the batch and the wider the layers, the "
    "more of a step is Adam's update, for which NumPy goes over the parameters about ten times and "
    "a fused kernel once; the larger the batch, the more it is matrix products, and the faster "
    "BLAS wins. The last column is this project's time in units of the matrix products alone."
)
MEMORY_TEXT = (
    "What a fresh process has resident at its peak, libraries included. It finds only the "
    "framework that its line names: Keras loads further ones where it can, and then needs up to "
    "twice as much."
)
TRICKS_TEXT = (
    "The time of a step without the trick, divided by the time with all of them, at one thread. "
    "In the last column the C library is told to give large arrays back to the system when they "
    "are freed, as it does on some systems; otherwise a new array of the same size costs next to "
    "nothing."
)


def readme_table(results):
    """Return the short table for the project's front page."""
    runs = results["training_speed"]["runs"]
    columns = [(run, pinned) for run in runs for pinned in settings([run])]
    head = ["", *(column_title(run, pinned) for run, pinned in columns)]
    names = list(dict.fromkeys(e["peer"] for run in runs for e in run["results"].values()))
    rows = []
    for name in names:
        cells = []
        for run, pinned in columns:
            ours, theirs = find(run, "shared", pinned), find(run, name, pinned)
            if theirs is None:
                cells.append("–")
            elif name == "shared":
                cells.append(f"**{ours:.2f} ms**")
            else:
                cells.append(f"{theirs:.2f} ms ({ours / theirs:.2f})")
        rows.append([PEERS[name].label, *cells])
    note = (
        "Milliseconds per step; in brackets, this project's time divided by the peer's "
        "(below 1: this project is faster). " + machine_line(results["training_speed"]["machine"])
    )
    return "\n\n".join(filter(None, [table(head, rows), note, absent(runs)]))


def between_markers(text, content):
    """Return the text with what is between the markers replaced.

    Raises
    ------
    ValueError
        If the two markers are not there, once each and in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after:
        raise ValueError(f"the text needs {BEGIN} and after it {END}, once each")
    return f"{before}{BEGIN}\n{content}\n{END}{after}"


def table(head, rows):
    """Return a Markdown table, the first column to the left and the others to the right."""
    lines = [head, [":--", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def settings(runs):
    """Return the kernel settings that were measured: as found, and free if that was done."""
    found = {entry["pinned"] for run in runs for entry in run["results"].values()}
    return sorted(found, reverse=True)


def find(run, name, pinned, field="ms_per_step"):
    """Return a peer's time; a peer without a BLAS of ours was measured once for both settings."""
    key = name if pinned or not PEERS[name].uses_openblas else f"{name}, free kernel"
    return run["results"].get(key, {}).get(field)


def kernel(run, pinned):
    entry = run["results"].get("shared" if pinned else "shared, free kernel", {})
    return entry.get("blas", {}).get("numpy", {}).get("kernel", "another BLAS")


def column_title(run, pinned):
    plural = "s" if run["threads"] > 1 else ""
    return f"{run['threads']} thread{plural}, {kernel(run, pinned)}"


def machine_line(machine):
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    pinned = ", ".join(f"{n}={v}" for n, v in machine["openblas_variables"].items())
    pinned = f" Environment: {pinned}." if pinned else ""
    return (
        f"Measured on {machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"Python {machine['python']}; {versions}.{pinned}"
    )


def speed_table(run):
    head = [column_title(run, True).split(",")[0]]
    for pinned in settings([run]):
        head += [f"ms, {kernel(run, pinned)}", "ours ÷ theirs"]
    rows = []
    for name in dict.fromkeys(entry["peer"] for entry in run["results"].values()):
        cells = []
        for pinned in settings([run]):
            ours, theirs = find(run, "shared", pinned), find(run, name, pinned)
            if ours is None or theirs is None:
                cells += ["–", "–"]
            else:
                cells += [f"{theirs:.3f}", "1" if name == "shared" else f"{ours / theirs:.2f}"]
        rows.append([PEERS[name].label, *cells])
    return table(head, rows)


def launch_note(run):
    """Say how far the launches lie apart, for this project and for the floor."""
    ranges = [
        f"{PEERS[name].label} {min(medians):.2f} to {max(medians):.2f} ms"
        for name in ("shared", "floor")
        if (medians := launch_medians(run, name))
    ]
    if not ranges:
        return ""
    rounds = len(run["results"]["shared"]["rounds_ms"])
    return f"{rounds} rounds in {run['launches']} launches. One by one: {', '.join(ranges)}."


def launch_medians(run, name):
    """Return the median of each launch, in milliseconds."""
    rounds = run["results"].get(name, {}).get("rounds_ms", [])
    size = len(rounds) // run["launches"]
    return [statistics.median(rounds[i : i + size]) for i in range(0, len(rounds), size or 1)]


def busy_note(run, tolerance=1.1):
    """Say so if one thread needed much longer on the clock than on the processor."""
    ours = run["results"].get("shared", {})
    if run["threads"] > 1 or "ms_per_step" not in ours:
        return ""
    share = ours["ms_per_step"] / ours["cpu_ms_per_step"]
    if share <= tolerance:
        return ""
    return (
        f"The machine was busy with other things: on the clock a step took {share:.1f} times as "
        "long as on the processor. Measure again when it is quiet."
    )


def absent(runs):
    missing = {}
    for run in runs:
        missing |= run["missing"]
        missing |= {k: e["error"] for k, e in run["results"].items() if "error" in e}
    return missing_lines(missing)


def missing_lines(missing):
    if not missing:
        return ""
    lines = [f"- {name}: {reason}" for name, reason in missing.items()]
    return "Not measured:\n\n" + "\n".join(lines)


def grid_table(runs, pinned):
    names = dict.fromkeys(entry["peer"] for run in runs for entry in run["results"].values())
    peers = [name for name in names if name not in ("shared", "floor")]
    head = [f"hidden, batch ({kernel(runs[0], pinned)})", "ms per step"]
    head += [PEERS[name].label for name in peers] + ["× floor"]
    rows = []
    for run in runs:
        work = run["workload"]
        sizes = "-".join(map(str, work["hidden"]))
        ours, floor = find(run, "shared", pinned), find(run, "floor", pinned)
        cells = [ratio(ours, find(run, name, pinned)) for name in peers]
        rows.append(
            [f"{sizes}, {work['batch_size']}", f"{ours:.3f}", *cells, f"{ours / floor:.2f}"]
        )
    return table(head, rows)


def ratio(ours, theirs):
    if theirs is None:
        return "–"
    value = ours / theirs
    return f"**{value:.2f}**" if value > 1 else f"{value:.2f}"


def tricks_table(runs):
    head = ["without the trick"]
    for run in runs:
        sizes = "-".join(map(str, run["workload"]["hidden"]))
        back = ", memory given back" if run["freed_memory"] == "given back" else ""
        head.append(f"{sizes}, batch {run['workload']['batch_size']}{back}")
    rows = [
        [words, *(f"{run['slowdown'][name]:.2f}" for run in runs)]
        for name, (words, _) in VARIANTS.items()
    ]
    return table(head, rows)


def scaling_text(sweeps):
    lines = []
    for name, words in (
        ("samples", "the number of samples"),
        ("batch_size", "the batch size"),
        ("width", "the hidden width"),
    ):
        exponent = sweeps[name]["exponent"]
        text = f"no power law over the whole range of {words}"
        if exponent is not None:
            text = f"the time of an epoch grows as {words} to the power of {exponent:.2f}"
        widest = sweeps[name].get("exponent_of_widest")
        if exponent is None and widest is not None:
            text += f"; from {sweeps[name]['x'][-3]} on, to the power of {widest:.2f}"
        lines.append(f"- {text[0].upper()}{text[1:]}.")
    return "\n".join(lines)


def memory_table(result):
    rows = [
        [PEERS[name].label, f"{found['peak_mb']:.0f}", f"{found['after_loading_mb']:.0f}"]
        for name, found in result["results"].items()
    ]
    epochs = result["epochs"]
    return table([f"{epochs} epochs of the baseline", "peak, MB", "of it before training"], rows)


def guard_line(result):
    kernel = result["blas"].get("numpy", {}).get("kernel", "another BLAS")
    verdict = "kept" if result["passed"] else "**broken**"
    return (
        f"A step takes {result['ratio']:.2f} times as long as its matrix products alone "
        f"({kernel}); the limit of {result['limit']} is {verdict}."
    )
