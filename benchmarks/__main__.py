"""Measure, keep the numbers, draw and tabulate them: ``python -m benchmarks``."""

import argparse
import json
import sys
import time
from pathlib import Path

from . import figures, guard, memory, report, scaling, training_speed, tricks

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
PARTS = {
    "training_speed": training_speed.baseline,
    "grid": training_speed.grid,
    "tricks": tricks.tricks,
    "scaling": scaling.scaling,
    "memory": memory.memory,
    "guard": guard.guard,
}


def main(arguments=None):
    options = parse(arguments)
    folder = HERE.parent / "_build" / "benchmarks" if options.quick else HERE / "results"
    folder.mkdir(parents=True, exist_ok=True)
    for name in options.parts:
        if name == "report":
            continue
        started = time.perf_counter()
        print(f"{name} …", flush=True)
        more = (
            {"report": show} if name in ("training_speed", "grid") and sys.stderr.isatty() else {}
        )
        result = PARTS[name](quick=options.quick, **more)
        (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(f"  {time.perf_counter() - started:.0f} seconds", flush=True)

    results = {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in PARTS
        if (folder / f"{name}.json").exists()
    }
    (folder / "README.md").write_text(report.results_page(results), encoding="utf-8")
    figures.draw(results, folder)
    if not options.quick and "training_speed" in results:
        write_readme(README, report.readme_table(results))
    print(f"\n{(folder / 'README.md').read_text(encoding='utf-8')}")
    if "guard" in options.parts and not results["guard"]["passed"]:
        print("The guard's limit is broken: see the last line above.", file=sys.stderr)
        return 1
    return 0


def parse(arguments):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="part",
        help=f"{', '.join(PARTS)}, or report to draw what is there; all of them if none is named",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="try it: few rounds, results in _build/benchmarks/ and of no worth",
    )
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - {*PARTS, "report"}
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    options.parts = options.parts or list(PARTS)
    return options


def show(number, rounds):
    print(f"\r  round {number} of {rounds} ", end="\n" if number == rounds else "", file=sys.stderr)


def write_readme(path, content):
    """Put the short table into the front page, if that has a place for it."""
    text = path.read_text(encoding="utf-8")
    if report.BEGIN in text:
        path.write_text(report.between_markers(text, content), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
