"""Downloading the data sets: the real kagglehub client against a small server on 127.0.0.1.

The server answers as Kaggle does: a POST that names the data set is redirected to an archive.
The archives hold four small files, whose digests take the place of the real ones.
"""

import contextlib
import gzip
import hashlib
import importlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from helpers_images import DIGESTS, FILES, replace_published

from shared.datasets import download, fetch, images, load_fashion_mnist, load_mnist

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0  # seconds a test waits for what should take one or two


def zip_of(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tar_of(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


class Server(ThreadingHTTPServer):
    """Answers downloads with `archive`; says what was asked and how far it got.

    `declared` is the length it announces (the archive's own unless set), `pause_at` the number
    of bytes after which it stops sending. `go_on` must be set for it to answer at all.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.archive = b""
        self.declared = None
        self.pause_at = None
        self.requests = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.asked = threading.Event()
        self.paused = threading.Event()
        self.closing = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        pass  # a client that was killed


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, json.loads(body)))
        self.server.asked.set()
        while not self.server.go_on.wait(0.05):
            if self.server.closing.is_set():
                return
        self.send_response(302)
        self.send_header("Location", f"{self.server.url}/archive.zip")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        archive, pause_at = self.server.archive, self.server.pause_at
        self.send_response(200)
        self.send_header("Content-Type", "application/zip")
        self.send_header("Content-Length", str(self.server.declared or len(archive)))
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        self.wfile.write(archive[:pause_at])
        if pause_at is not None:
            self.server.paused.set()
            self.server.closing.wait(PATIENCE)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with Server() as server:
        server.archive = zip_of(FILES)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def installed_elsewhere(monkeypatch, tmp_path):
    """No data folder, an empty cache, a user who is unknown to Kaggle and behind no proxy."""
    for name in list(os.environ):
        if (
            name.startswith("KAGGLE")
            or name.lower().endswith("_proxy")
            or name == "TBE_RUNTIME_ADDR"
        ):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("NN_FROM_SCRATCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))  # for the two programs below
    monkeypatch.setattr(images, "_REPOSITORY_DATA", tmp_path / "no data here")
    monkeypatch.setattr(download, "_TIME_LIMIT", 60.0)  # no test that fails takes ten minutes
    replace_published(monkeypatch)


@pytest.fixture
def ask(monkeypatch):
    """Let the downloading process ask another address than Kaggle's."""

    def ask_at(url):
        monkeypatch.setenv("KAGGLE_IS_AT", url)
        monkeypatch.setattr(download, "_FETCH", "helpers_fetch_elsewhere")

    return ask_at


@pytest.fixture
def kaggle(server, ask):
    ask(server.url)
    return server


@pytest.fixture
def unpack(monkeypatch, tmp_path):
    """Let an archive on disk arrive, where the client matters less than what becomes of it."""

    def let_arrive(archive):
        path = tmp_path / "archive.zip"
        path.write_bytes(archive)
        monkeypatch.setenv("ARCHIVE", str(path))
        monkeypatch.setattr(download, "_FETCH", "helpers_fetch_unpack")

    return let_arrive


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache" / "fashion-mnist"


@pytest.fixture
def filled_cache(cache):
    cache.mkdir(parents=True)
    for name, content in FILES.items():
        (cache / name).write_bytes(content)
    return cache


def assert_right(data):
    assert data.x_train.tobytes() == FILES["train-images-idx3-ubyte"][16:]
    assert data.y_train.astype(np.uint8).tobytes() == FILES["train-labels-idx1-ubyte"][8:]
    assert data.x_test.tobytes() == FILES["t10k-images-idx3-ubyte"][16:]
    assert data.y_test.astype(np.uint8).tobytes() == FILES["t10k-labels-idx1-ubyte"][8:]


def assert_nothing_kept(cache):
    assert list(cache.iterdir()) == []


@contextlib.contextmanager
def bounded():
    """What is given up is given up well before the limits that a user meets."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 12


# --- What arrives whole -------------------------------------------------------------------------


def spelled(turn):
    """The four files, each under a name and in a place of its own, beside files nobody needs."""
    files = {"fashion-mnist_test.csv": b"label,pixel1\n", "notes/LICENSE": b"MIT"}
    for i, (name, content) in enumerate(FILES.items()):
        dotted = name.replace("-idx", ".idx")
        way = (turn + i) % 4
        if way == 0:
            files[name] = content
        elif way == 1:
            files[f"{dotted}.gz"] = gzip.compress(content)
        elif way == 2:
            files[f"{dotted}/{dotted}"] = content
            files[f"{dotted}/{name}"] = content
        else:
            files[f"a/b/{name}.gz"] = gzip.compress(content)
    return files


@pytest.mark.parametrize(
    "archive",
    [pytest.param(zip_of(spelled(0)), id="zip"), pytest.param(tar_of(spelled(1)), id="tar")],
)
def test_download_however_the_files_are_named(kaggle, cache, archive):
    kaggle.archive = archive
    assert_right(load_fashion_mnist())
    assert sorted(path.name for path in cache.iterdir()) == sorted(FILES)
    for name, content in FILES.items():
        assert (cache / name).read_bytes() == content


def test_versions_are_pinned(kaggle):
    load_fashion_mnist(source="kaggle")
    load_mnist(source="kaggle")
    assert [path for path, _ in kaggle.requests] == [
        "/v1/datasets.DatasetApiService/DownloadDataset"
    ] * 2
    asked = [
        (body["ownerSlug"], body["datasetSlug"], str(body["datasetVersionNumber"]))
        for _, body in kaggle.requests
    ]
    assert asked == [("zalando-research", "fashionmnist", "4"), ("hojjatk", "mnist-dataset", "1")]


def test_later_calls_take_the_cache(kaggle, capfd, tmp_path):
    load_fashion_mnist()
    assert "Downloading Fashion-MNIST from Kaggle" in capfd.readouterr().err
    for source in ("auto", "kaggle"):
        assert_right(load_fashion_mnist(source=source))
    assert len(kaggle.requests) == 1
    assert capfd.readouterr() == ("", "")
    assert not any((tmp_path / "home").iterdir())  # where kagglehub would keep a copy


def test_kaggle_is_asked_although_the_data_folder_exists(unpack, monkeypatch):
    monkeypatch.setattr(images, "_REPOSITORY_DATA", ROOT / "data")
    unpack(zip_of(FILES))
    assert_right(load_fashion_mnist(source="kaggle"))


@pytest.mark.parametrize("damage", ["changed", "truncated", "missing"])
def test_damaged_cache_is_fetched_anew(unpack, filled_cache, damage):
    unpack(zip_of(FILES))
    path = filled_cache / "t10k-images-idx3-ubyte"
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(content[:-1] + (b"\xff" if damage == "changed" else b""))
    assert_right(load_fashion_mnist())
    assert path.read_bytes() == content


def stamps(folder):
    """Where each file is on disk and when it was written."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_failed_repair_leaves_the_cache_as_it_was(unpack, filled_cache, damage):
    path = filled_cache / "train-images-idx3-ubyte"
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(b"damaged")
    before = stamps(filled_cache)
    unpack(b"no archive")
    with pytest.raises(ConnectionError, match="BadZipFile: File is not a zip file"):
        load_fashion_mnist()
    assert stamps(filled_cache) == before


def test_repair_replaces_only_what_is_damaged(unpack, filled_cache):
    (filled_cache / "t10k-labels-idx1-ubyte").unlink()
    before = stamps(filled_cache)
    unpack(zip_of(FILES))
    assert_right(load_fashion_mnist())
    after = stamps(filled_cache)
    assert after.keys() == FILES.keys()
    assert {name: after[name] for name in before} == before


def test_file_called_lock_may_hold_anything(unpack, cache):
    cache.mkdir(parents=True)
    (cache / "lock").write_bytes(b"junk " * 1_000)
    unpack(zip_of(FILES))
    assert_right(load_fashion_mnist())
    assert sorted(path.name for path in cache.iterdir()) == sorted(FILES)


@pytest.fixture
def read_only(monkeypatch):
    """Fill a cache that the user may read and not write; root acts as somebody else meanwhile."""
    if not hasattr(os, "geteuid"):
        pytest.skip("Windows has no read-only folders")
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as base:
        monkeypatch.setenv("NN_FROM_SCRATCH_CACHE", base)

        def fill(files):
            folder = Path(base, "fashion-mnist")
            folder.mkdir()
            for name, content in files.items():
                (folder / name).write_bytes(content)
                (folder / name).chmod(0o444)
            for path in (folder, Path(base)):
                path.chmod(0o555)
            if user == 0:
                importlib.import_module("filelock")  # nobody may be unable to read it
                os.seteuid(65_534)
            return folder

        yield fill
        os.seteuid(user)
        for path in (Path(base), Path(base, "fashion-mnist")):
            path.chmod(0o755)


def test_complete_cache_may_be_read_only(read_only, capfd):
    folder = read_only(FILES)
    assert_right(load_fashion_mnist(source="kaggle"))
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert capfd.readouterr().err == ""


def test_read_only_cache_that_lacks_a_file_is_reported_with_what_to_do(read_only):
    folder = read_only({n: c for n, c in FILES.items() if "t10k-labels" not in n})
    with pytest.raises(PermissionError) as caught:
        load_fashion_mnist(source="kaggle")
    message = str(caught.value)
    assert message.startswith(f"{folder} doesn't hold the whole data set, and can't be written: ")
    assert "NN_FROM_SCRATCH_CACHE" in message


@pytest.mark.parametrize(
    ("system", "variable", "value", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", "{tmp}/xdg", "{tmp}/xdg"),
        ("linux", "XDG_CACHE_HOME", "", "{tmp}/home/.cache"),
        ("darwin", "XDG_CACHE_HOME", "{tmp}/xdg", "{tmp}/home/Library/Caches"),
        ("win32", "LOCALAPPDATA", "{tmp}/local", "{tmp}/local"),
        ("win32", "LOCALAPPDATA", "", "{tmp}/home/AppData/Local"),
    ],
)
def test_cache_folder_of_each_system(monkeypatch, tmp_path, system, variable, value, expected):
    monkeypatch.delenv("NN_FROM_SCRATCH_CACHE")
    monkeypatch.setattr(download.sys, "platform", system)
    monkeypatch.setenv(variable, value.format(tmp=tmp_path))
    folder = Path(expected.format(tmp=tmp_path)) / "neural-network-from-scratch"
    assert download.cache_folder() == folder


# --- What does not ------------------------------------------------------------------------------


def test_wrong_content_is_refused(kaggle, cache):
    wrong = bytearray(FILES["t10k-labels-idx1-ubyte"])
    wrong[-1] ^= 1
    kaggle.archive = zip_of(FILES | {"t10k-labels-idx1-ubyte": bytes(wrong)})
    with pytest.raises(ValueError) as caught:
        load_fashion_mnist()
    message = str(caught.value)
    assert message.startswith("Fashion-MNIST could not be downloaded from Kaggle")
    assert "t10k-labels-idx1-ubyte" in message
    assert hashlib.sha256(wrong).hexdigest() in message
    assert DIGESTS[3] in message
    assert "clone the project's repository" in message
    assert_nothing_kept(cache)


def test_missing_file_is_named(unpack, cache):
    unpack(zip_of({n: c for n, c in FILES.items() if "t10k-labels" not in n}))
    with pytest.raises(ValueError, match=r"no file t10k-labels-idx1-ubyte, only: t10k-images"):
        load_fashion_mnist()
    assert_nothing_kept(cache)


def test_cut_off_archive_is_refused(kaggle, cache):
    whole = kaggle.archive
    kaggle.archive, kaggle.declared = whole[: len(whole) // 2], len(whole)
    with bounded(), pytest.raises(ConnectionError, match="clone the project's repository"):
        load_fashion_mnist()
    assert_nothing_kept(cache)


def test_short_archive_that_claims_to_be_whole_is_refused(kaggle, cache):
    kaggle.archive = kaggle.archive[: len(kaggle.archive) // 2]
    with pytest.raises(ConnectionError, match=r"ValueError: Unsupported archive type"):
        load_fashion_mnist()
    assert_nothing_kept(cache)


def test_cut_off_gzip_inside_the_archive_is_refused(unpack, cache):
    name = "train-images-idx3-ubyte"
    half = {f"{name}.gz": gzip.compress(FILES[name])[:-100]}
    unpack(zip_of({n: c for n, c in FILES.items() if n != name} | half))
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte\.gz: truncated gzip file"):
        load_fashion_mnist()
    assert_nothing_kept(cache)


def test_server_that_never_answers_is_given_up(kaggle, cache, monkeypatch):
    monkeypatch.setattr(download, "_SILENCE_LIMIT", 0.3)
    kaggle.go_on.clear()
    with bounded(), pytest.raises(ConnectionError, match=r"read timeout=0\.3"):
        load_fashion_mnist()
    assert kaggle.requests
    assert_nothing_kept(cache)


def test_server_that_falls_silent_is_given_up(kaggle, cache, monkeypatch):
    monkeypatch.setattr(download, "_SILENCE_LIMIT", 0.3)
    kaggle.pause_at = 1_000
    with bounded(), pytest.raises(ConnectionError, match="Read timed out"):
        load_fashion_mnist()
    assert kaggle.paused.is_set()
    assert_nothing_kept(cache)


def test_download_without_end_is_ended(kaggle, cache, monkeypatch):
    monkeypatch.setattr(download, "_TIME_LIMIT", 1.5)
    kaggle.pause_at = 1_000
    with bounded(), pytest.raises(TimeoutError, match=r"not finished after 1\.5 seconds"):
        load_fashion_mnist()
    assert_nothing_kept(cache)


def test_no_network_is_said_briefly_and_soon(cache, ask):
    with socket.socket() as unused:  # bound, but nobody listens
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        ask(url)
        with bounded(), pytest.raises(ConnectionError) as caught:
            load_fashion_mnist()
    message = str(caught.value)
    assert message.startswith("Fashion-MNIST could not be downloaded from Kaggle: ConnectionError")
    assert "Try again with a network connection, or clone the project's repository" in message
    assert "data/fashion-mnist" in message
    assert len(message) < 500
    assert "\n" not in message
    assert_nothing_kept(cache)


def test_refusal_by_kaggle_is_passed_on(kaggle, cache, monkeypatch):
    monkeypatch.setattr(Handler, "do_POST", lambda self: self.send_error(404))
    with pytest.raises(ConnectionError, match="KaggleApiHTTPError: 404 Client Error"):
        load_fashion_mnist()
    assert_nothing_kept(cache)


def test_interrupt_ends_the_download(kaggle, cache, monkeypatch):
    children = []

    class Child(subprocess.Popen):
        def wait(self, timeout=None):
            if not children:
                children.append(self)
                assert kaggle.paused.wait(PATIENCE)
                raise KeyboardInterrupt
            return super().wait(timeout)

    monkeypatch.setattr(download.subprocess, "Popen", Child)
    kaggle.pause_at = 1_000
    with bounded(), pytest.raises(KeyboardInterrupt):
        load_fashion_mnist()
    assert children[0].poll() is not None
    assert_nothing_kept(cache)


# --- The downloading process --------------------------------------------------------------------


def test_process_runs_the_project_that_only_sys_path_knows(monkeypatch, tmp_path):
    """A notebook's set-up does no more; another copy of the project may be installed."""
    project = tmp_path / "a project"
    shutil.copytree(ROOT / "shared" / "datasets", project / "shared" / "datasets")
    fetch = project / "shared" / "datasets" / "fetch.py"
    fetch.write_text("import sys; sys.exit(f'{__name__} {__file__} {len(sys.argv)}')")
    monkeypatch.delenv("PYTHONPATH")
    script = (
        f"import sys; sys.path.insert(0, {str(project)!r})\n"
        "from shared.datasets import load_mnist; load_mnist()"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True
    )
    last = run.stderr.splitlines()[-1]
    assert last.startswith("ConnectionError: MNIST could not be downloaded from Kaggle: __main__")
    assert f"{fetch} 5." in last


def test_fetch_limits_silence_where_the_client_sets_no_limit():
    class Session:
        def send(self, request, **options):
            return request, options

    fetch._limit_silence(Session, 7.0)
    assert Session().send("r", stream=True) == ("r", {"stream": True, "timeout": 7.0})
    assert Session().send("r", timeout=None) == ("r", {"timeout": 7.0})
    assert Session().send("r", timeout=2.0) == ("r", {"timeout": 2.0})


# --- Several processes --------------------------------------------------------------------------

LOADER = """
from pathlib import Path
import pytest
from helpers_images import replace_published
from shared.datasets import download, fetch, images, load_fashion_mnist

images._REPOSITORY_DATA = Path("no data here")
download._FETCH = "helpers_fetch_elsewhere"
replace_published(pytest.MonkeyPatch())
print("started", flush=True)
print(load_fashion_mnist().x_train.sum())
"""


@pytest.fixture
def start_loader(kaggle):
    """Start processes that load Fashion-MNIST, and end them after the test."""
    started = []

    def start():
        loader = subprocess.Popen(
            [sys.executable, "-c", LOADER],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(loader)
        assert loader.stdout.readline() == "started\n"
        return loader

    yield start
    for loader in started:
        loader.kill()
        loader.communicate()


def test_three_processes_download_once(kaggle, cache, start_loader):
    kaggle.go_on.clear()
    loaders = [start_loader() for _ in range(3)]
    assert kaggle.asked.wait(PATIENCE)
    time.sleep(0.5)  # for the others to ask as well, if they did not wait
    kaggle.go_on.set()
    expected = str(sum(FILES["train-images-idx3-ubyte"][16:]))
    for loader in loaders:
        out, err = loader.communicate(timeout=PATIENCE)
        assert out.strip() == expected, err
    assert len(kaggle.requests) == 1
    assert sorted(path.name for path in cache.iterdir()) == sorted(FILES)


def test_waiting_for_another_process_is_bounded(kaggle, start_loader, monkeypatch):
    kaggle.go_on.clear()
    start_loader()
    assert kaggle.asked.wait(PATIENCE)
    monkeypatch.setattr(download, "_TIME_LIMIT", 0.5)
    with bounded(), pytest.raises(TimeoutError, match="Another process"):
        load_fashion_mnist()
    assert len(kaggle.requests) == 1


def test_killed_download_leaves_nothing_that_looks_whole(kaggle, cache, start_loader):
    kaggle.pause_at = len(kaggle.archive) // 2
    loader = start_loader()
    assert kaggle.paused.wait(PATIENCE)
    loader.kill()
    loader.wait()
    kept = [path.name for path in cache.iterdir()]
    assert len(kept) == 2
    assert "lock" in kept
    assert next(name for name in kept if name != "lock").startswith("partial-")

    kaggle.pause_at = None
    assert_right(load_fashion_mnist())
    assert sorted(path.name for path in cache.iterdir()) == sorted(FILES)


@pytest.fixture
def start_fetch(kaggle, tmp_path):
    """Start the process that downloads, and end it after the test."""
    started = []

    def start(time_limit):
        child = subprocess.Popen(
            [
                *(sys.executable, "-m", "helpers_fetch_elsewhere"),
                *("zalando-research/fashionmnist/versions/4", str(tmp_path / "result"), "60"),
                str(time_limit),
            ],
            cwd=ROOT,
            env={**os.environ, "KAGGLEHUB_CACHE": str(tmp_path / "kagglehub")},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()


def test_download_that_nobody_ends_ends_by_itself(kaggle, start_fetch, tmp_path):
    kaggle.pause_at = 1_000
    assert start_fetch(time_limit=1).wait(PATIENCE) != 0
    assert not (tmp_path / "result").exists()


def test_download_ends_with_its_starter(kaggle, start_fetch, tmp_path):
    kaggle.pause_at = 1_000
    child = start_fetch(time_limit=2 * PATIENCE)
    assert kaggle.paused.wait(PATIENCE)
    assert child.poll() is None
    child.stdin.close()  # as the system does when the starter dies
    assert child.wait(PATIENCE) == 1
    assert not (tmp_path / "result").exists()


def test_leftovers_in_a_complete_cache_are_removed(filled_cache):
    (filled_cache / "partial-0" / "kagglehub").mkdir(parents=True)
    (filled_cache / "partial-0" / "errors").write_bytes(b"killed while it cleaned up")
    assert_right(load_fashion_mnist())
    assert sorted(path.name for path in filled_cache.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_killed_while_placing_files_leaves_a_cache_that_is_completed(
    unpack, cache, monkeypatch, after
):
    class Killed(BaseException):
        pass

    replace, moved = os.replace, []

    def replace_some(source, target):
        if len(moved) == after:
            raise Killed
        moved.append(target)
        replace(source, target)

    unpack(zip_of(FILES))
    monkeypatch.setattr(download.os, "replace", replace_some)
    with pytest.raises(Killed):
        load_fashion_mnist()
    monkeypatch.setattr(download.os, "replace", replace)
    for path in moved:  # what is there is whole
        assert path.read_bytes() == FILES[path.name]
    assert_right(load_fashion_mnist())
    assert sorted(path.name for path in cache.iterdir()) == sorted(FILES)
