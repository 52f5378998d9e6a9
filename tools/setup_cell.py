# Set-up, the same in every chapter: finds the project around this notebook, or fetches it on Colab.
import subprocess
import sys
import tempfile
from pathlib import Path

folders = [Path.cwd(), *Path.cwd().parents]
project = next((folder for folder in folders if (folder / "shared/plots").is_dir()), None)
if project is None and "google.colab" in sys.modules:
    project = Path("/content/neural-network-from-scratch")
    if not project.exists():
        address = "https://github.com/neural-network-from-scratch/neural-network-from-scratch"
        with tempfile.TemporaryDirectory(dir=project.parent) as partial:
            command = ["git", "clone", "--quiet", "--depth", "1", address, f"{partial}/project"]
            git = subprocess.run(command, capture_output=True, text=True)
            if git.returncode != 0:
                raise RuntimeError(
                    f"Colab could not fetch the project. git says: {git.stderr.strip()} "
                    "Check that you are online, then run this cell again."
                )
            Path(partial, "project").rename(project)
if project is not None and str(project) not in sys.path:
    sys.path.insert(0, str(project))

from shared.plots import use_style

use_style()
