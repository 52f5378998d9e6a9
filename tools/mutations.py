"""Ways to damage a file: any file, a model file, an IDX file.

Each takes a `random.Random` and the bytes of a whole file, and returns other bytes. Those for model
and IDX files know the format, so that the damage lies deeper than a checksum.
"""

import gzip
import io
import json
import struct
import warnings
import zipfile

import numpy as np

NUMBERS = (0, 1, 2, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1)
VALUES = (
    *(None, True, False, "", "x", [], {}, -1, 0, 1, 2, 7, 0.5, 1.5, -0.0, 1e-320, 1e308, 2**31),
    *(2**53, 10**20, 10**400, float("nan"), float("inf"), "Dense", "float16", "object", [[]]),
    *({"generator": 0}, {"generator": 10**9}, {"class": "ReLU", "arguments": {}}),
    *({"class": "L2", "arguments": {"strength": 1}}, {"class": "os.system", "arguments": {}}),
)
# Where the fields of the zip format's three headers begin, and how many bytes they have.
FIELDS = {
    b"PK\x03\x04": [(4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2), (30, 4)],
    b"PK\x01\x02": [(6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2),
                    (34, 2), (42, 4), (46, 4)],
    b"PK\x05\x06": [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)],
}  # fmt: skip


# --- Any file -----------------------------------------------------------------------------------


def truncate(random, data):
    """Cut the file off somewhere."""
    return data[: random.randrange(len(data))]


def flip(random, data):
    """Flip up to eight bits."""
    damaged = bytearray(data)
    for _ in range(random.randint(1, 8)):
        damaged[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(damaged)


def overwrite(random, data):
    """Write noise, zeros or ones over a part, as a failing disk does."""
    start = random.randrange(len(data))
    length = min(len(data) - start, random.choice((1, 4, 64, 512)))
    filler = random.choice((b"\0" * length, b"\xff" * length, random.randbytes(length)))
    return data[:start] + filler + data[start + length :]


def move(random, data):
    """Delete, double or swap parts."""
    a, b, c = sorted(random.randrange(len(data) + 1) for _ in range(3))
    first, second = data[a:b], data[b:c]
    return data[:a] + random.choice((second, first + first + second, second + first)) + data[c:]


def extend(random, data):
    """Put something before or after the file."""
    more = random.choice((b"\0", b"PK\x05\x06", random.randbytes(100), data))
    return random.choice((data + more, more + data))


ANY_FILE = (truncate, flip, overwrite, move, extend)


# --- Model files --------------------------------------------------------------------------------


def zip_header(random, data):
    """Put another number into a field of one of the zip archive's headers."""
    signature = random.choice(list(FIELDS))
    places = [i for i in range(len(data)) if data.startswith(signature, i)]
    if not places:
        return flip(random, data)
    offset, size = random.choice(FIELDS[signature])
    start = random.choice(places) + offset
    number = random.choice((*NUMBERS, len(data), random.getrandbits(8 * size))) % 2 ** (8 * size)
    return data[:start] + number.to_bytes(size, "little") + data[start + size :]


def zip_members(random, data):
    """Remove, rename, double, swap or compress members."""
    parts = _unzipped(data)
    i, j = random.randrange(len(parts)), random.randrange(len(parts))
    change = random.randrange(5)
    if change == 0:
        del parts[i]
    elif change == 1:
        name = random.choice((".npy", "x", "../x.npy", "description.npy", "layers.99.weight.npy"))
        parts[i] = name, parts[i][1]
    elif change == 2:
        parts.append(parts[i])
    elif change == 3:
        parts[i], parts[j] = (parts[i][0], parts[j][1]), (parts[j][0], parts[i][1])
    return _zipped(parts, random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))


def array_header(random, data):
    """Give an array another shape, type or order than its content has."""
    parts = _unzipped(data)
    i = random.randrange(len(parts))
    name, content = parts[i]
    length = int.from_bytes(content[8:10], "little")
    n = random.choice((*NUMBERS, -1, 10**12, 10**30))
    header = {
        "descr": random.choice(("<f8", "<f4", ">f8", "<i8", "|O", "<U9", "<U0", "|V8", "<c16")),
        "fortran_order": random.choice((False, True, 1, None)),
        "shape": random.choice(((), (n,), (n, n), (2, n), (1,) * 70, n, (0.5,), ("x",))),
    }
    text = repr(header).encode() + b"\n"
    if random.random() < 0.5:
        old = content[10 : 10 + length].decode("latin-1")
        key = random.choice(("'descr': '", "'shape': (", "'fortran_order': "))
        text = old.replace(key, key + random.choice(("9", "-", "1, ", "(", "\0"))).encode("latin-1")
    major = random.choice((1, 1, 1, 1, 2, 3, 9))
    size = struct.pack("<H" if major == 1 else "<I", len(text))
    parts[i] = name, b"\x93NUMPY" + bytes((major, 0)) + size + text + content[10 + length :]
    return _zipped(parts)


def array_content(random, data):
    """Put other numbers into an array, or the same in another shape or dtype."""
    parts = _unzipped(data)
    i = random.choice([i for i, (name, _) in enumerate(parts) if name != "description.npy"])
    array = np.load(io.BytesIO(parts[i][1])).copy()
    change = random.randrange(4)
    if change == 0 and array.size:
        array.flat[random.randrange(array.size)] = random.choice((np.nan, np.inf, 1e30, -1, 0))
    elif change == 1:
        array = array.astype(random.choice(("<f4", "<f8", ">f8", "<i4", "<f2", "?")))
    elif change == 2:
        array = random.choice((array.T, array.ravel(), array[:1], np.asfortranarray(array)))
    else:
        array = array * random.choice((0, -1, 1e10, 1e300))
    buffer = io.BytesIO()
    np.save(buffer, array)
    parts[i] = parts[i][0], buffer.getvalue()
    return _zipped(parts)


def description(random, data):
    """Change up to three values or names in the description, which stays JSON."""
    parts = dict(_unzipped(data))
    tree = json.loads(str(np.load(io.BytesIO(parts["description.npy"]))))
    for _ in range(random.randint(1, 3)):
        places = list(_places(tree))
        if not places:
            break
        container, key = random.choice(places)
        other, other_key = random.choice(places)
        change = random.randrange(5)
        if change == 0:
            del container[key]
        elif change == 1:
            container[key] = json.loads(json.dumps(other[other_key]))
        elif change == 2 and isinstance(container, dict):
            container[random.choice(("more", "lr", "rng", "dtype", "class"))] = container.pop(key)
        elif type(container[key]) in (int, float) and random.random() < 0.5:
            container[key] = container[key] + random.choice((-1, 1, 0.5, 10**6))
        else:
            container[key] = random.choice(VALUES)
    buffer = io.BytesIO()
    np.save(buffer, np.array(json.dumps(tree)))
    return _zipped([("description.npy", buffer.getvalue()), *list(parts.items())[1:]])


MODEL_FILE = (zip_header, zip_members, array_header, array_content, description)


def _places(tree):
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
        yield tree, key
        if isinstance(tree[key], (dict, list)):
            yield from _places(tree[key])


def _unzipped(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _zipped(parts, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", compression) as archive:
        warnings.simplefilter("ignore")  # names that are there twice are the point
        for name, content in parts:
            archive.writestr(name, content)
    return buffer.getvalue()


# --- IDX files ----------------------------------------------------------------------------------


def idx_header(random, data):
    """Put another byte or dimension into the header."""
    raw = bytearray(_unpacked(data))
    if random.random() < 0.3:
        raw[random.randrange(4)] = random.choice((0, 1, 2, 3, 4, 8, 9, 13, 255))
    else:
        start = 4 + 4 * random.randrange(max(raw[3], 1))
        old = int.from_bytes(raw[start : start + 4], "big")
        number = random.choice((*NUMBERS, old + 1, old - 1, 2 * old)) % 2**32
        raw[start : start + 4] = number.to_bytes(4, "big")
    return _packed_like(data, raw)


def idx_values(random, data):
    """Remove or add values, inside the compression."""
    raw = _unpacked(data)
    change = random.choice((raw[: random.randrange(len(raw))], raw + b"\0", raw + raw))
    return _packed_like(data, change)


IDX_FILE = (idx_header, idx_values)


def _unpacked(data):
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def _packed_like(data, raw):
    return gzip.compress(bytes(raw), mtime=0) if data.startswith(b"\x1f\x8b") else bytes(raw)
