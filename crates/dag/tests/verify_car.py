"""Verifies an exported CAR file with Python's own IPLD packages.

usage: verify_car.py FILE.car EXPECTED.json

Recomputes every CID, decodes every dag-cbor block and encodes it again, checks every signature after RFC 8032, and
compares the events with EXPECTED.json (dag-json: {"events": [{cid, signature, event}], "objects": [cid]}).
"""

import base64
import hashlib
import json
import sys

import dag_cbor
from multiformats import CID, multihash, varint


def main(car_path, expected_path):
    with open(car_path, "rb") as file:
        roots, blocks = read_car(file.read())
    with open(expected_path, encoding="utf-8") as file:
        expected = json.load(file)

    signatures = {}
    for root in roots:
        block = decoded(blocks.pop(root))
        assert block["v"] == 1 and block["type"] == "signatures", block
        signatures.update((cid, signature) for cid, signature in block["signatures"])

    for item in expected["events"]:
        cid = CID.decode(item["cid"])
        event = decoded(blocks.pop(cid))
        same(event, from_dag_json(item["event"]), str(cid))
        assert signatures[cid].hex() == item["signature"], f"{cid}: another signature"
        assert is_signed(event["replica"], bytes(cid), signatures[cid]), f"{cid}: not signed by its replica"
        forged = bytes([signatures[cid][0] ^ 1]) + signatures[cid][1:]
        assert not is_signed(event["replica"], bytes(cid), forged), f"{cid}: a forged signature verifies"
    for cid in map(CID.decode, expected["objects"]):
        block = blocks.pop(cid)
        if cid.codec.name == "dag-cbor":
            decoded(block)
    assert not blocks, f"unexpected blocks: {list(blocks)}"
    assert len(signatures) == len(expected["events"])
    print(f"{len(expected['events'])} events and {len(expected['objects'])} objects are as expected")


def read_car(data):
    """Roots, and blocks by CID, each hashed again."""
    header, rest = frame(data)
    header = decoded(header)
    assert header["version"] == 1, header
    blocks = {}
    while rest:
        section, rest = frame(rest)
        # CIDv1, a codec, sha2-256 and 32 bytes: every number below 128 is its own varint.
        cid, block = CID.decode(bytes(section[:36])), bytes(section[36:])
        assert cid.version == 1 and cid.codec.name in ("dag-cbor", "raw"), cid
        assert multihash.digest(block, "sha2-256") == cid.digest, f"{cid} does not name its block"
        blocks[cid] = block
    return header["roots"], blocks


def frame(data):
    length, _, rest = varint.decode_raw(data)
    assert length <= len(rest), "the file is cut"
    return bytes(rest[:length]), rest[length:]


def decoded(block):
    value = dag_cbor.decode(block)
    assert dag_cbor.encode(value) == block, "the block is not canonical for Python"
    return value


def from_dag_json(value):
    if isinstance(value, list):
        return [from_dag_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) != ["/"]:
        return {key: from_dag_json(item) for key, item in value.items()}
    inner = value["/"]
    if isinstance(inner, str):
        return CID.decode(inner)
    [(kind, inner)] = inner.items()
    if kind == "bytes":
        return base64.b64decode(inner + "=" * (-len(inner) % 4), validate=True)
    if kind == "integer":
        return int(inner)
    assert kind == "map", kind
    return {key: from_dag_json(item) for key, item in inner.items()}


def same(found, expected, where):
    """As ==, but 1, 1.0 and True differ and the place is named."""
    assert type(found) is type(expected), f"{where}: {found!r} is not {expected!r}"
    if isinstance(found, dict):
        assert found.keys() == expected.keys(), f"{where}: {list(found)} are not {list(expected)}"
        for key in found:
            same(found[key], expected[key], f"{where}.{key}")
    elif isinstance(found, list):
        assert len(found) == len(expected), f"{where}: {len(found)} items are not {len(expected)}"
        for at, (left, right) in enumerate(zip(found, expected)):
            same(left, right, f"{where}[{at}]")
    else:
        assert found == expected, f"{where}: {found!r} is not {expected!r}"


# ed25519 verification, written after RFC 8032 section 5.1.7: slow, short and independent.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(a, b):
    """Adds two points in extended homogeneous coordinates (x, y, z, t)."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    return ((f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P)


def times(scalar, point):
    sum_ = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            sum_ = add(sum_, point)
        point = add(point, point)
        scalar >>= 1
    return sum_


def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    public, random = point_of(key), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if public is None or random is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(s, BASE), add(random, times(h, public))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


if __name__ == "__main__":
    main(*sys.argv[1:])
