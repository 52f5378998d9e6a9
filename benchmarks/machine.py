"""On what a measurement was made: processor, versions, and the BLAS kernel that really ran."""

import ctypes
import importlib.metadata
import importlib.util
import os
import platform
import subprocess
import sys
from pathlib import Path

# NumPy and SciPy bring an OpenBLAS of their own, whose functions carry a prefix and a suffix.
_PREFIXES = ("scipy_", "")
_SUFFIXES = ("64_", "_64", "")
# What sets the kernel and its block sizes; not the number of threads, which we set ourselves.
_THREADS = ("OPENBLAS_NUM_THREADS", "OPENBLAS_DEFAULT_NUM_THREADS")
THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
PACKAGES = ("numpy", "torch", "keras", "tensorflow", "jax", "scikit-learn")


def describe():
    """Return processor, cores, system and versions, in a dict; no names, no paths."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions(),
        "openblas_variables": openblas_variables(),
    }


def processor():
    """Return what the system calls its processor."""
    if sys.platform.startswith("linux"):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return platform.processor()


def versions():
    """Return the versions of what is measured; what isn't installed is left out."""
    found = {}
    for name in PACKAGES:
        # TensorFlow's build for processors alone comes under a name of its own.
        for distribution in (name, f"{name}-cpu"):
            try:
                found[name] = importlib.metadata.version(distribution)
                break
            except importlib.metadata.PackageNotFoundError:
                continue
    return found


def is_installed(module):
    return importlib.util.find_spec(module) is not None


def openblas_variables(environment=None):
    """Return the variables of the environment that choose OpenBLAS's kernel."""
    environment = os.environ if environment is None else environment
    return {
        name: environment[name]
        for name in sorted(environment)
        if name.startswith("OPENBLAS_") and name not in _THREADS
    }


def limit_threads(environment, threads):
    """Return a copy of an environment in which BLAS libraries use so many threads."""
    return {**environment, **{name: str(threads) for name in THREAD_VARIABLES}}


def without_openblas_variables(environment):
    """Return a copy of an environment in which OpenBLAS chooses the kernel for the processor."""
    pinned = openblas_variables(environment)
    return {name: value for name, value in environment.items() if name not in pinned}


def limit_cores(cores):
    """Let this process run on so many cores only, where the system can do that.

    Some frameworks start as many threads as there are cores, whatever they are told.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def blas():
    """Return the kernel and the number of threads of each OpenBLAS in this process.

    Empty where NumPy is built on another library, such as Apple's Accelerate.
    """
    libraries = {}
    for path in _loaded_openblas():
        library = ctypes.CDLL(path)
        kernel = _function(library, "openblas_get_corename")
        threads = _function(library, "openblas_get_num_threads")
        if kernel is None or threads is None:
            continue
        kernel.restype = ctypes.c_char_p
        owner = "scipy" if "scipy.libs" in path else "numpy"
        libraries[owner] = {"kernel": kernel().decode(), "threads": threads()}
    return libraries


def _loaded_openblas():
    if sys.platform.startswith("linux"):
        lines = Path("/proc/self/maps").read_text().splitlines()
        paths = {line.split(maxsplit=5)[5] for line in lines if "openblas" in line}
        return sorted(path for path in paths if ".so" in path)
    import numpy

    beside = Path(numpy.__file__).resolve().parent
    folders = (beside.parent / "numpy.libs", beside / ".dylibs")
    return sorted(str(path) for folder in folders for path in folder.glob("*openblas*"))


def _function(library, name):
    for prefix in _PREFIXES:
        for suffix in _SUFFIXES:
            try:
                return library[f"{prefix}{name}{suffix}"]
            except AttributeError:
                continue
    return None
