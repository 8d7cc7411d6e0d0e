"""Builds compound files for tests: streams by their paths, small ones in the stream of small sectors."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(streams: Mapping[tuple[str, ...], bytes], *, version: int = 3) -> bytes:
    """Put streams in a file: sectors of the tables, then of the directory, the small table, small and large streams."""
    sector = 512 if version == 3 else 4096
    table: list[int] = []
    sectors: list[bytes] = []

    def put(content: bytes) -> int:
        if not content:
            return _END
        first = len(sectors)
        pieces = [content[at : at + sector].ljust(sector, b"\0") for at in range(0, len(content), sector)]
        sectors.extend(pieces)
        table.extend([*range(first + 1, first + len(pieces)), _END])
        return first

    small = b""
    small_table: list[int] = []
    places: dict[tuple[str, ...], int] = {}
    for path, content in streams.items():
        if len(content) >= 4096:
            places[path] = put(content)
            continue
        n = -(-len(content) // 64)
        first = len(small_table)
        small_table += [*range(first + 1, first + n), _END] if n else []
        small += content.ljust(64 * n, b"\0")
        places[path] = first if n else _END
    small_at, small_table_at = put(small), put(struct.pack(f"<{len(small_table)}I", *small_table))
    entries = _directory(streams, places, root=(small_at, len(small)))
    directory_at = put(b"".join(entries))
    n_tables = 1
    while (len(table) + n_tables) * 4 > n_tables * sector:
        n_tables += 1
    tables_at = len(sectors)
    table += [_TABLE] * n_tables
    table += [_FREE] * (n_tables * sector // 4 - len(table))
    sectors.append(struct.pack(f"<{len(table)}I", *table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 62, version, 0xFFFE, 9 if version == 3 else 12, 6)
    header += struct.pack("<9I", 0, n_tables, directory_at, 0, 4096, small_table_at, 0, _END, 0)
    header += struct.pack("<109I", *range(tables_at, tables_at + n_tables), *[_FREE] * (109 - n_tables))
    return header.ljust(sector, b"\0") + b"".join(sectors)


def _directory(
    streams: Mapping[tuple[str, ...], bytes], places: Mapping[tuple[str, ...], int], *, root: tuple[int, int]
) -> list[bytes]:
    """Write the entries: all of a folder hang on one another to the right."""
    nodes: list[tuple[str, ...]] = [()]
    for path in streams:
        nodes += [path[:n] for n in range(1, len(path) + 1) if path[:n] not in nodes]
    entries = []
    for path in nodes:
        siblings = [other for other in nodes if len(other) == len(path) and other[:-1] == path[:-1]]
        right = siblings[siblings.index(path) + 1 :]
        child = next((n for n, other in enumerate(nodes) if len(other) == len(path) + 1 and other[:-1] == path), _FREE)
        name = (path[-1] if path else "Root Entry").encode("utf-16-le")
        kind = 5 if not path else 2 if path in streams else 1
        start, size = root if not path else (places.get(path, 0), len(streams.get(path, b"")))
        entry = name.ljust(64, b"\0") + struct.pack("<HBx", len(name) + 2, kind)
        entry += struct.pack("<3I", _FREE, nodes.index(right[0]) if right else _FREE, child)
        entries.append(entry.ljust(116, b"\0") + struct.pack("<IQ", start, size))
    return entries
