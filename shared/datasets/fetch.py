"""Download one data set with kagglehub: a program for a process of its own, run with ``-m``.

kagglehub sets itself no time limit. `download` therefore runs it in a process that can be ended,
and this program gives every request a limit besides.

Usage: ``python -m shared.datasets.fetch HANDLE RESULT SILENCE_LIMIT TIME_LIMIT``. HANDLE is the
data set's address at Kaggle, the limits are seconds. The program writes the path of the folder
that holds the data to the file RESULT. If it fails, the last line of its error output says why. It
ends when its standard input does: when whoever started it has ended.
"""

import faulthandler
import os
import sys
import threading
from pathlib import Path


def main(handle, result, silence_limit):
    """Download `handle` and write the path of its folder to the file `result`.

    Raises
    ------
    SystemExit
        If the download fails; the message is the reason, in one line.
    """
    try:
        import kagglehub
        import requests

        _limit_silence(requests.Session, float(silence_limit))
        folder = kagglehub.dataset_download(handle)
    except Exception as error:
        sys.exit(" ".join(f"{type(error).__name__}: {error}".split()))
    Path(result).write_text(folder, encoding="utf-8")


def _limit_silence(session_class, seconds):
    """Make every request of the class end when the server is silent for so many seconds."""
    send = session_class.send

    def send_with_limit(self, request, **options):
        options["timeout"] = options.get("timeout") or seconds
        return send(self, request, **options)

    session_class.send = send_with_limit


def _end_with_starter():
    os.read(0, 1)  # not by sys.stdin, which would be locked when Python ends
    os._exit(1)


if __name__ == "__main__":
    *arguments, time_limit = sys.argv[1:]
    # Should nobody be left to end this process, it ends itself: it would go on filling a folder
    # that the next download has removed.
    threading.Thread(target=_end_with_starter, daemon=True).start()
    faulthandler.dump_traceback_later(float(time_limit), exit=True)
    main(*arguments)
