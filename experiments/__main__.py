"""Run an experiment, or resume it where it stopped: ``python -m experiments NAME``."""

import argparse
import os
import sys
from types import SimpleNamespace

import matplotlib

from experiments import analysis, runner


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m experiments", description=__doc__)
    parser.add_argument("name", nargs="?", help="see --list")
    parser.add_argument("--list", action="store_true", help="list experiments and their progress")
    parser.add_argument(
        "--processes", type=int, default=_cores(), help="runs at once (default: %(default)s)"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--restart", action="store_true", help="run everything again")
    how.add_argument(
        "--recheck",
        action="store_true",
        help="run one seed of each row again; if no number differs, accept the changed code",
    )
    how.add_argument(
        "--quick",
        action="store_true",
        help="try it: few samples and epochs, one seed; results in _build/experiments/",
    )
    options = parser.parse_args(arguments)
    known = runner.names()
    if options.list:
        for name in known:
            print(describe(name))
        return 0
    if options.name not in known:
        parser.error(f"name one of {', '.join(known)}. Received: {options.name}")
    if options.processes < 1:
        parser.error(f"--processes must be at least 1. Received: {options.processes}")
    matplotlib.use("Agg")
    module = runner.load_module(options.name)
    folder = analysis.RESULTS
    if options.quick:
        folder = runner.ROOT / "_build" / "experiments"
        module = in_short(module)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{options.name}.json"
    try:
        if options.recheck and (differ := runner.recheck(module, path, options.processes)):
            print(f"These rows differ: {'; '.join(differ)}", file=sys.stderr)
            return 1
        runner.run(module, path, options.processes, restart=options.restart or options.quick)
    except runner.CodeHasChanged as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Run the same command again to resume.", file=sys.stderr)
        return 130
    print(f"{path}\n{runner.draw(module, path)}")
    return 0


def _cores():
    # What this process may use, where the system says it.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def in_short(module):
    """Return the experiment with its first seed only, and few samples and epochs in each row."""
    return SimpleNamespace(
        __doc__=module.__doc__,
        ROWS={row: runner.quick(recipe) for row, recipe in module.ROWS.items()},
        SEEDS=module.SEEDS[:1],
        run=module.run,
        draw=module.draw,
    )


def describe(name):
    """Return the name of an experiment, its topic, and its progress."""
    module = runner.load_module(name)
    path = analysis.RESULTS / f"{name}.json"
    done = len(analysis.load(name, analysis.RESULTS)["runs"]) if path.exists() else 0
    title = module.__doc__.strip().partition("\n")[0]
    return f"{name}: {title} {done} of {len(module.ROWS) * len(module.SEEDS)} runs done."


if __name__ == "__main__":
    sys.exit(main())
