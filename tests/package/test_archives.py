"""The files themselves: written whole or not at all, and refused if anything is wrong with them."""

import errno
import json
import os
import pickle
import re
import stat
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from helpers_files import refused, rewrite
from helpers_models import assert_same_numbers, numbers_of, rng, small

from shared import archives
from shared.layers import BatchNorm, Dense
from shared.losses import SoftmaxCrossEntropy
from shared.model import Model
from shared.optimizers import SGD, Adam

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


# --- Saving is all or nothing -------------------------------------------------------------------


def disk_full(file, **arrays):
    file.write(b"PK half of a file")
    raise OSError(28, "No space left on device")


def fail(error):
    def function(*arguments, **options):
        raise error

    return function


@pytest.mark.parametrize("existing", [True, False], ids=["over an old file", "new file"])
@pytest.mark.parametrize(
    ("where", "name", "function", "error"),
    [
        (np, "savez", disk_full, OSError),
        (np, "savez", fail(KeyboardInterrupt()), KeyboardInterrupt),
        (os, "fsync", fail(OSError(5, "Input/output error")), OSError),
        (os, "replace", fail(PermissionError(13, "in use")), PermissionError),
    ],
    ids=["disk full", "interrupt", "fsync", "replace"],
)
@pytest.mark.parametrize("save", ["save", "save_weights"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    save, where, name, function, error, existing, path, monkeypatch
):
    if existing:
        getattr(small(seed=1), save)(path)
        before = path.read_bytes()
    monkeypatch.setattr(where, name, function)
    with pytest.raises(error):
        getattr(small(seed=2), save)(path)
    assert list(path.parent.iterdir()) == ([path] if existing else [])
    if existing:
        assert path.read_bytes() == before


def test_the_file_is_whole_before_it_takes_its_place(path, monkeypatch):
    order = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("fsync"), fsync(handle)))

    def watched(source, target):
        order.append("replace")
        assert Model.load(source).layers
        assert os.path.dirname(source) == os.path.dirname(target)  # else it would be a copy
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    small().save(path)
    assert order == ["fsync", "replace"]


def test_a_save_that_fails_says_what_to_do(path, monkeypatch):
    monkeypatch.setattr(np, "savez", disk_full)
    with pytest.raises(OSError, match=r"could not be saved .No space left on device.*") as error:
        small().save(path)
    assert error.value.errno == errno.ENOSPC
    assert error.value.filename == str(path)


@pytest.mark.parametrize(("arrays", "text"), [(4_001, 10), (1, 2**17)])
def test_what_could_not_be_read_is_not_written(arrays, text, path):
    many = {f"{i:060}": np.ones(1) for i in range(arrays)}
    with pytest.raises(ValueError, match=r"at most 4,000 arrays and a description of 131,072"):
        archives.write(path, {"text": text * "x"}, many)
    with pytest.raises(ValueError, match=r"only arrays of numbers.*weight in object"):
        archives.write(path, {}, {"weight": np.array([None])})
    assert not path.exists()


def test_the_largest_file_that_is_written_can_be_read(path):
    arrays = {f"{i:060}": np.full(1, i) for i in range(4_000)}
    rest = json.dumps({"format": archives.FORMAT, "version": archives.VERSION, "text": ""})
    text = (2**17 - len(rest)) * "x"
    archives.write(path, {"text": text}, arrays)
    with archives.opened(path) as archive:
        assert archive.description == {"text": text}
        assert archive.arrays("") == arrays


# --- Permissions, links, leftovers --------------------------------------------------------------

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions and locks")


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o200])
def test_a_file_keeps_its_permissions(mode, path, monkeypatch):
    small().save(path)
    path.chmod(mode)
    seen = []
    savez = np.savez
    monkeypatch.setattr(
        np, "savez", lambda file, **a: (seen.append(os.fstat(file.fileno())), savez(file, **a))
    )
    chmod = os.chmod
    monkeypatch.setattr(os, "chmod", lambda name, m: (seen.append(os.stat(name)), chmod(name, m)))
    small(seed=1).save(path)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    # Nobody else could open it before it had them, nor read it while it was written.
    at_first, while_written = (stat.S_IMODE(found.st_mode) for found in seen)
    assert at_first == 0o600
    assert while_written == mode


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write to any file")
def test_a_write_protected_file_is_left_alone(path):
    small().save(path)
    path.chmod(0o444)
    protected(path)


def test_a_file_that_may_not_be_written_is_left_alone(path, monkeypatch):
    small().save(path)
    monkeypatch.setattr(os, "access", lambda name, kind: kind != os.W_OK)
    protected(path)


def protected(path):
    before = path.read_bytes()
    with pytest.raises(PermissionError, match=r"write-protected.*Choose another name") as error:
        small(seed=1).save(path)
    assert error.value.filename == str(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def link(path, target):
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("no permission to make links")


@pytest.mark.parametrize("chain", [1, 2])
def test_a_link_stays_and_its_target_is_replaced(chain, path, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    target = folder / "real.npz"
    small(seed=1).save(target)
    links = [tmp_path / f"link{i}" for i in range(chain)]
    for i, name in enumerate(links):
        link(name, links[i + 1].name if i + 1 < chain else target)
    small(seed=2).save(links[0])
    assert all(name.is_symlink() for name in links)
    assert_same_numbers(Model.load(target).state_dict(), small(seed=2).state_dict())
    assert list(folder.iterdir()) == [target]
    assert sorted(tmp_path.iterdir()) == sorted([folder, *links])


def test_a_link_to_nothing_makes_its_target(path, tmp_path):
    target = tmp_path / "later.npz"
    link(path, target)
    small().save(path)
    assert path.is_symlink()
    assert Model.load(target).layers


def test_a_link_to_itself(path):
    link(path, path.name)
    for use in (small().save, Model.load):
        with pytest.raises(OSError) as error:
            use(path)
        assert str(path) in str(error.value)
    assert path.is_symlink()


def leftover(path, name=None):
    part = path.with_name(name or f"{path.name}.0123456789abcdef.part")
    part.write_bytes(b"half of a model")
    return part


def test_leftovers_of_killed_saves_are_removed(path):
    part = leftover(path)
    small().save(path)
    assert list(path.parent.iterdir()) == [path]
    leftover(path)
    small().save_weights(path)
    assert list(path.parent.iterdir()) == [path]
    assert not part.exists()


@pytest.mark.parametrize(
    "name",
    [
        "other.npz.0123456789abcdef.part",
        "model.npz.0123456789abcdef",
        "model.npz.part",
        "model.npz.0123456789abcdeg.part",
        "model.npz.0123456789abcdef0.part",
        "my model.npz.0123456789abcdef.part",
        "modelxnpz.0123456789abcdef.part",
    ],
)
def test_other_files_are_not_leftovers(name, path):
    part = leftover(path, name)
    small().save(path)
    assert sorted(path.parent.iterdir()) == sorted([path, part])


def test_a_folder_or_link_is_no_leftover(path, tmp_path):
    folder = path.with_name(f"{path.name}.0123456789abcdef.part")
    folder.mkdir()
    precious = tmp_path / "precious"
    precious.write_bytes(b"keep me")
    link(path.with_name(f"{path.name}.0123456789abcdee.part"), precious)
    small().save(path)
    assert len(list(tmp_path.iterdir())) == 4
    assert precious.read_bytes() == b"keep me"


SAVING = """
import sys
import numpy as np
from shared.layers import Dense
from shared.model import Model

savez = np.savez
def wait(file, **arrays):
    print(file.name, flush=True)
    sys.stdin.readline()
    savez(file, **arrays)
np.savez = wait
Model([Dense(3, 3, np.random.default_rng(7))]).save(sys.argv[1])
"""


def test_a_save_still_running_elsewhere_is_not_disturbed(path):
    with subprocess.Popen(
        [sys.executable, "-c", SAVING, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        try:
            part = Path(other.stdout.readline().strip())
            small().save(path)
            assert sorted(path.parent.iterdir()) == sorted([path, part])
            other.communicate("go on\n", timeout=30)
            assert other.returncode == 0
        finally:
            other.kill()
    assert len(Model.load(path).layers) == 1  # the other's
    assert list(path.parent.iterdir()) == [path]


def test_a_killed_save_leaves_what_the_next_one_removes(path):
    small().save(path)
    with subprocess.Popen(
        [sys.executable, "-c", SAVING, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        part = Path(other.stdout.readline().strip())
        other.kill()
    assert sorted(path.parent.iterdir()) == sorted([path, part])
    assert len(Model.load(path).layers) == 3
    small().save(path)
    assert list(path.parent.iterdir()) == [path]


@posix
def test_a_save_that_lost_its_name_before_it_was_locked_takes_another(path, monkeypatch):
    lock, taken = archives._lock, []

    def robbed(file):
        if not taken:
            taken.append(file.name)
            os.unlink(file.name)
        return lock(file)

    monkeypatch.setattr(archives, "_lock", robbed)
    small().save(path)
    assert len(taken) == 1
    assert Model.load(path).layers
    assert list(path.parent.iterdir()) == [path]


@posix
def test_a_file_system_without_locks(path, monkeypatch):
    """What may be a save still running is left there."""
    part = leftover(path)

    def fail(file, kind):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(archives.fcntl, "flock", fail)
    small().save(path)
    assert sorted(path.parent.iterdir()) == sorted([path, part])
    assert Model.load(path).layers


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_a_file_is_as_readable_as_any_other(umask, mode, path):
    before = os.umask(umask)
    try:
        small().save(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_no_such_folder(tmp_path):
    path = tmp_path / "nowhere" / "model.npz"
    with pytest.raises(FileNotFoundError, match=f"no folder {re.escape(str(path.parent))}"):
        small().save(path)


def test_a_folder_in_the_way(tmp_path):
    path = tmp_path / "model.npz"
    path.mkdir()
    with pytest.raises(ValueError, match=r"is a folder\. Choose another name"):
        small().save(path)
    assert list(tmp_path.iterdir()) == [path]


# --- Damaged and strange files ------------------------------------------------------------------


@pytest.mark.parametrize("read", [Model.load, small().load_weights])
def test_no_such_file(read, path):
    with pytest.raises(FileNotFoundError, match=f"no file {re.escape(str(path))}"):
        read(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"P",
        b"PK\x03\x04",
        b"PK\x05\x06" + 18 * b"\0",
        b"not a model at all\n" * 50,
        b"\x93NUMPY",
        pickle.dumps({"format": "neural-network-from-scratch", "version": 1}),
    ],
    ids=["empty", "one byte", "zip magic", "empty zip", "text", "npy magic", "pickle"],
)
def test_files_of_another_kind(content, path):
    path.write_bytes(content)
    refused(path, "is not a model file, or is damaged")


def test_a_single_array(path):
    with open(path, "wb") as file:
        np.save(file, np.ones(3))
    refused(path, "is not a model file, or is damaged")


def test_an_archive_of_something_else(path):
    np.savez(path, weight=np.ones(3))
    refused(path, "is not a model file")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("description.npy", "no array")
        archive.writestr("readme.txt", "hello")
    refused(path, "is not a model file")


def test_a_header_that_is_nested_deeply(path):
    """Python's parser raises MemoryError for it."""
    header = ("-" * 9000 + "1").encode()
    member = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("description.npy", member)
    refused(path, "is not a model file, or is damaged: the header of 'description' is damaged")


def test_a_folder(tmp_path):
    refused(tmp_path, "is not a model file but a folder")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_is_not_waited_for(path):
    os.mkfifo(path)
    refused(path, "is not a model file but a pipe")
    with pytest.raises(ValueError, match="is a pipe"):
        small().save(path)
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file")
def test_a_device(path):
    refused(Path(os.devnull), "is not a model file but a device or socket")
    link(path, os.devnull)
    with pytest.raises(ValueError, match="is a device"):
        small().save(path)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
@pytest.mark.parametrize("read", [Model.load, small().load_weights])
def test_an_unreadable_file_is_called_so(read, number, path, monkeypatch):
    small().save(path)

    def fail(path):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(archives.io, "FileIO", fail)
    with pytest.raises(OSError, match=r"the model file can't be read.*Check its") as error:
        read(path)
    assert error.value.errno == number
    assert error.value.filename == str(path)
    assert "damaged" not in str(error.value)


def test_a_disk_that_fails_in_the_middle(path, monkeypatch):
    small().save(path)
    read = archives._Reader.read

    def fail(self, size=-1):
        if size is not None and size > 200:
            raise OSError(errno.EIO, "Input/output error")
        return read(self, size)

    monkeypatch.setattr(archives._Reader, "read", fail)
    with pytest.raises(OSError, match=r"can't be read .Input/output error") as error:
        Model.load(path)
    assert error.value.filename == str(path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read any file")
def test_a_file_without_permission_to_read(path):
    small().save(path)
    path.chmod(0o200)
    with pytest.raises(PermissionError, match="can't be read"):
        Model.load(path)


def test_memory_that_is_too_small_is_not_the_fault_of_the_file(path, monkeypatch):
    small().save(path)

    def fail(*arguments, **options):
        raise MemoryError

    monkeypatch.setattr(np.lib.format, "read_array", fail)
    with pytest.raises(MemoryError):
        Model.load(path)


def test_truncated_anywhere(path):
    small().save(path)
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 97), *range(len(whole) - 30, len(whole))]:
        path.write_bytes(whole[:length])
        refused(path, "is not a model file, or is damaged")


def test_any_bit_flipped_is_found_or_does_not_matter(path):
    """A part of the zip format says nothing (dates, for one); all else must be found."""
    model = small()
    model.save(path)
    whole, kept = path.read_bytes(), numbers_of(model)
    generator = rng(2)
    found = 0
    for place in range(0, len(whole), 11):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(generator.integers(8))
        path.write_bytes(damaged)
        try:
            again = Model.load(path)
        except ValueError as error:
            found += 1
            assert str(path) in str(error)
        else:
            assert_same_numbers(again.state_dict(), kept)
            assert again.optimizer.config() == model.optimizer.config()
    assert found > 0.5 * len(range(0, len(whole), 11))


OPENED = []


def explode():
    OPENED.append("boom")


class Bomb:
    """What a stranger's file might hold: unpickling it calls a function."""

    def __reduce__(self):
        return explode, ()


@pytest.mark.parametrize("place", ["description", "layers.0.weight"])
def test_nothing_is_ever_unpickled(place, path):
    model = small()
    arrays = {f"layers.{name}": array for name, array in model.state_dict().items()}
    header = {"format": archives.FORMAT, "version": archives.VERSION, "kind": "weights"}
    arrays["description"] = np.array(json.dumps(header))
    bomb = np.empty(1, object)
    bomb[0] = Bomb()
    with open(path, "wb") as file:
        np.savez(file, **{**arrays, place: bomb})
    refused(path, f"'{place}' holds pickled objects, which are never opened")
    with zipfile.ZipFile(path, "w") as archive:  # a bare pickle in the archive
        archive.writestr(f"{place}.npy", pickle.dumps(Bomb()))
    refused(path)
    path.write_bytes(pickle.dumps(Bomb()))
    refused(path)
    assert OPENED == []
    pickle.loads(path.read_bytes())
    assert OPENED == ["boom"]  # so the bomb was live
    OPENED.clear()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("version", 2, "version 2; this package reads 'neural-network-from-scratch', version 1"),
        ("version", "1", "version '1'"),
        ("format", "keras", "has format 'keras'"),
    ],
)
def test_another_format_or_version(key, value, said, path):
    rewrite(path, lambda description, arrays: description.update({key: value}))
    refused(path, said)


@pytest.mark.parametrize(
    "description",
    ["", "{", "[" * 100_000, "\x00", "[]", '"text"', "3", "null", "{}", '{"version": 1}'],
    ids=lambda text: text[:12],
)
def test_description_that_is_none(description, path):
    with open(path, "wb") as file:
        np.savez(file, description=np.array(description))
    refused(path, "is not a model file")


@pytest.mark.parametrize("kind", [None, "", "Model", 5, ["model"], "missing"])
def test_another_kind(kind, path):
    def change(description, arrays):
        description["kind"] = kind
        if kind == "missing":
            del description["kind"]

    rewrite(path, change)
    refused(path, "its kind is .*, not 'model' or 'weights'")


def test_weights_with_more_in_them(path):
    small().save_weights(path)
    with np.load(path) as archive:
        arrays = dict(archive)
    with open(path, "wb") as file:
        np.savez(file, **arrays, **{"optimizer.velocity": np.ones(3)})
    refused(path, "weights files hold nothing of the name 'optimizer.velocity'")


# --- Files made to fill the memory --------------------------------------------------------------


def members(path):
    """The parts of a saved model: the names of its members and their bytes."""
    small().save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(path, parts, **options):
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in parts:
            archive.writestr(name, content)


def npy(header, content=b""):
    """An array in NumPy's format, with a header of one's own."""
    text = repr(header).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressed_members(compression, path):
    """Refused even where they are no smaller for it: random numbers, say."""
    parts = members(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            how = compression if name == "layers.0.weight.npy" else zipfile.ZIP_STORED
            archive.writestr(name, content, compress_type=how)
    refused(path, "'layers.0.weight' is compressed, as no model file is")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"readme.txt": b"hello"}, "'readme.txt' is no array's name"),
        ({"layers.9.weight.npy": npy({"descr": "<f8", "fortran_order": False, "shape": (0,)})},
         "9.weight"),
        ({"layers.0.weight.npy": npy({"descr": "<f8", "fortran_order": False, "shape": (2, 8)})},
         "is not as long as its shape"),
        ({"layers.0.weight.npy": npy({"descr": "<f8", "fortran_order": False, "shape": (2, 8)},
                                     129 * b"x")}, "is not as long as its shape"),
        ({"layers.0.weight.npy": npy({"descr": "<f8", "fortran_order": False, "shape": (10**12,)})},
         "is not as long as its shape"),
        ({"layers.0.weight.npy": npy({"descr": "<f8", "fortran_order": False, "shape": (-2, -8)},
                                     128 * b"x")}, "is not as long as its shape"),
        ({"layers.0.weight.npy": npy({"descr": "|S8", "fortran_order": False, "shape": (2, 8)},
                                     128 * b"x")}, r"holds \|S8 instead of numbers"),
        ({"layers.0.weight.npy": npy({"descr": "<f8", "fortran_order": False, "shape": (2, 8)})[:6]
          + b"\x02" + 200 * b" "}, "another version of the format"),
        ({"description.npy": npy({"descr": "<f8", "fortran_order": False, "shape": ()}, 8 * b"x")},
         "not a text"),
        ({"description.npy": npy({"descr": "<U524288", "fortran_order": False, "shape": ()},
                                 2**21 * b"x")}, "not a text"),
    ],
    ids=["stranger", "empty array", "no content", "a byte more", "huge claim", "negative", "text",
         "version", "number as description", "long description"],
)  # fmt: skip
def test_members_that_are_none_of_ours(change, said, path):
    zipped(path, (members(path) | change).items())
    refused(path, said)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice(path):
    parts = members(path)
    zipped(path, [*parts.items(), ("layers.0.bias.npy", parts["layers.0.bias.npy"])])
    refused(path, "'layers.0.bias.npy' is no array's name, or is there twice")


def test_members_that_lie_over_one_another(path):
    """Many entries of the table of contents for the same megabyte."""
    content = npy({"descr": "<f8", "fortran_order": False, "shape": (2**17,)}, bytes(2**20))
    zipped(path, [("layers.9.weight.npy", content), *members(path).items()])
    with zipfile.ZipFile(path, "a") as archive:
        first = archive.infolist()[0]
        for i in range(1_000):
            again = zipfile.ZipInfo(f"layers.{i}.gamma.npy")
            again.CRC, again.header_offset = first.CRC, first.header_offset
            again.file_size = again.compress_size = first.file_size
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
        archive._didModify = True
    refused(path, "claims to hold more than it does")


def test_a_table_of_contents_without_end(path):
    zipped(path, ((zipfile.ZipInfo(f"{i:05}.npy"), b"") for i in range(10_000)))
    refused(path, "it makes [0-9,]+ bytes be read at once")


MEASURE = r"""
import os, re, sys, tracemalloc
from shared.model import Model

def status(key):
    with open("/proc/self/status") as file:
        return 1024 * int(re.search(rf"{key}:\s+(\d+)", file.read())[1])

def load():
    try:
        Model.load(sys.argv[1])
    except ValueError as error:
        print(error, file=sys.stderr)

resident = 0
if sys.platform == "linux":
    before = status("VmRSS")
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # sets the peak back to what is in use
    load()
    resident = status("VmHWM") - before
tracemalloc.start()
load()
print(os.path.getsize(sys.argv[1]), tracemalloc.get_traced_memory()[1], resident)
"""
MEGABYTE = 10**6


def hostile(folder):
    """Files of a few kilobytes, or of two megabytes, that ask for gigabytes: path -> complaint."""

    def dense(width):
        change = {"in_features": width, "out_features": width}
        return lambda d, a: d["layers"][0]["arguments"].update(change)

    def batch_norm(d, a):
        d["layers"][0] = {"class": "BatchNorm", "arguments": {"features": 5 * 10**7}}

    for number, change in enumerate([dense(9_000), dense(12_000), batch_norm]):
        path = folder / f"claim{number}.npz"
        rewrite(path, change)
        yield path, "by the description, layers.0"
    bomb = folder / "bomb.npz"
    zeros = npy({"descr": "<f8", "fortran_order": False, "shape": (10**8 // 8,)}, bytes(10**8))
    zipped(bomb, [("extra.npy", zeros)], compression=zipfile.ZIP_DEFLATED)
    yield bomb, "claims to hold more"
    long = folder / "long.npz"
    rewrite(long, lambda d, a: d.update(layers=32_000 * [[]]))
    yield long, "layer 0 is not described"
    directory = folder / "directory.npz"
    zipped(directory, ((zipfile.ZipInfo(f"{i:04}"), b"") for i in range(10_000)))
    yield directory, "claims to hold more"


def honest(folder):
    """Models of about ten megabytes, for which three times their size is little: path -> None."""
    for name, dtype, build in [
        ("predicting", "float32", lambda p: None),
        ("SGD", "float32", lambda p: SGD(p, 0.1)),
        ("SGD", "float64", lambda p: SGD(p, 0.1)),
        ("Adam", "float32", Adam),
    ]:
        model = Model([Dense(1_500, 1_500, rng(), dtype=dtype), BatchNorm(1_500, dtype=dtype)])
        if optimizer := build(model.parameters()):
            model.compile(optimizer, SoftmaxCrossEntropy())
        path = folder / f"{name} {dtype}.npz"
        model.save(path)
        yield path, None


def test_loading_takes_three_times_the_size_of_the_file_at_most(tmp_path):
    for path, said in [*hostile(tmp_path), *honest(tmp_path)]:
        child = subprocess.run(
            [sys.executable, "-c", MEASURE, str(path)], cwd=ROOT, capture_output=True, text=True
        )
        assert (said in child.stderr) if said else (child.stderr == "")
        size, traced, resident = map(int, child.stdout.split())
        # Eight megabytes are for what doesn't grow with the file: the text, Adam's scratch.
        assert traced < 3 * size + 8 * MEGABYTE, path
        assert resident < 3 * size + 8 * MEGABYTE, path
        if not said:
            assert traced > size, path  # so that something was measured


def test_a_file_that_is_replaced_while_it_is_read_is_read_to_its_end(path, monkeypatch):
    model = Model([Dense(40, 30, rng())])
    model.save(path)
    class Replacing(zipfile.ZipFile):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            smaller = path.with_suffix(".new")
            smaller.write_bytes(b"smaller")
            smaller.replace(path)

    monkeypatch.setattr(archives.zipfile, "ZipFile", Replacing)
    assert_same_numbers(Model.load(path).state_dict(), model.state_dict())
