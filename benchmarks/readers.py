"""How long each reader takes for real files, beside other libraries that read the same file in the same run.

    .venv/bin/python benchmarks/readers.py [READER ...]

Times are CPU, the best of several runs. A deposit recognises a file among all readers and reads it in full; the reader
alone does what another library does, which is told what the file is. Both open it themselves. Another library gets the
same file by its path and has to load its numbers. Libraries of the group `others` that are not
installed are named. The real files lie in ../shared/data (or KIBAN_TEST_DATA): up to three for each reader, from the
smallest to the largest. Some large files are made here: a CSV of a million rows, an XRDML of half a million points, a
RASX with 201 scans, and a picture of 4 million pixels as EDF and as CBF. Prints a table in Markdown.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import os
import sys
import tempfile
import time
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kiban.errors import KibanError
from kiban.readers.recognise import Choice, choose, read, readers
from kiban.readers.source import Source

DATA = Path(os.environ.get("KIBAN_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
MOST_FILES = 3
LEAST_S = 0.3
LEAST_RUNS = 3


Numbers = Callable[[Path], object]
"""Loads a file with another library and gives its arrays of measured values."""


def _fairmat(name: str) -> Numbers:
    def load(path: Path) -> object:
        import fairmat_readers_xrd

        return getattr(fairmat_readers_xrd, name)(str(path))["intensity"].magnitude

    return load


def _jcamp(path: Path) -> object:
    import jcamp

    return jcamp.readfile(str(path))["y"]


def _nmrglue_jcamp(path: Path) -> object:
    from nmrglue.fileio import jcampdx

    return jcampdx.read(str(path))[1]


def _gemmi(path: Path) -> object:
    """The structure of each block, and its loops as arrays of floats (NaN for words)."""
    import gemmi
    from gemmi import cif

    document = cif.read(str(path))
    structures = [gemmi.make_small_structure_from_block(block) for block in document]
    columns: list[object] = [np.array([tuple(site.fract) for one in structures for site in one.sites])]
    for loop in (item.loop for block in document for item in block if item.loop):
        texts, width = loop.values, loop.width()
        columns += [np.array([cif.as_number(text) for text in texts[j::width]]) for j in range(width)]
    return columns


def _vamas(path: Path) -> object:
    from vamas import Vamas

    return [np.array(v.y_values) for block in Vamas(str(path)).blocks for v in block.corresponding_variables]


def _ncempy(module: str, function: str) -> Numbers:
    def load(path: Path) -> object:
        import importlib

        return getattr(importlib.import_module(f"ncempy.io.{module}"), function)(str(path))["data"]

    return load


def _renishaw(path: Path) -> object:
    from renishawWiRE import WDFReader

    reader = WDFReader(str(path))
    reader.close()
    return reader.spectra


def _opus(path: Path) -> object:
    import brukeropus

    found = brukeropus.read_opus(str(path))
    return [getattr(found, key).y for key in found.data_keys]


def _spc(path: Path) -> object:
    import spc_io

    with path.open("rb") as file:
        return [sub.yarray for sub in spc_io.SPC.from_bytes_io(file)]


def _igor(path: Path) -> object:
    from igor2 import binarywave

    return binarywave.load(str(path))["wave"]["wData"]


def _fabio(path: Path) -> object:
    import fabio

    return fabio.open(str(path)).data


def _nmrglue_bruker(path: Path) -> object:
    import nmrglue

    return nmrglue.bruker.read(str(path.parent))[1]


def _nmrglue_jeol(path: Path) -> object:
    import nmrglue

    return nmrglue.jeol.read(str(path))[1]


def _openpyxl(path: Path) -> object:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return [list(row) for sheet in book.worksheets for row in sheet.values]


def _pandas(path: Path) -> object:
    import pandas

    return pandas.read_csv(path).to_numpy()


def _nptdms(path: Path) -> object:
    from nptdms import TdmsFile

    return [channel[:] for group in TdmsFile.read(str(path)).groups() for channel in group.channels()]


def _tifffile(path: Path) -> object:
    """All pages with all their tags."""
    import tifffile

    with tifffile.TiffFile(path) as file:
        tags = [{tag.name: tag.value for tag in page.tags} for page in file.pages]
        return [page.asarray() for page, _ in zip(file.pages, tags, strict=True)]


def n_values(found: object) -> int:
    """How many values it holds, lists of arrays included."""
    if isinstance(found, list | tuple):
        return sum(map(n_values, found))
    return int(np.size(found)) if found is not None else 0


OTHERS: dict[str, tuple[tuple[str, Numbers], ...]] = {
    ".brml": (("fairmat-readers-xrd", _fairmat("read_bruker_brml")),),
    ".cbf": (("fabio", _fabio),),
    ".cif": (("gemmi", _gemmi),),
    ".dm3": (("ncempy", _ncempy("dm", "dmReader")), ("fabio", _fabio)),
    ".dm4": (("ncempy", _ncempy("dm", "dmReader")),),
    ".dx": (("jcamp", _jcamp), ("nmrglue", _nmrglue_jcamp)),
    ".edf": (("fabio", _fabio),),
    ".ibw": (("igor2", _igor),),
    ".img": (("fabio", _fabio),),
    ".jdf": (("nmrglue", _nmrglue_jeol),),
    ".jdx": (("jcamp", _jcamp), ("nmrglue", _nmrglue_jcamp)),
    ".mrc": (("ncempy", _ncempy("mrc", "mrcReader")),),
    ".rasx": (("fairmat-readers-xrd", _fairmat("read_rigaku_rasx")),),
    ".raw": (("fairmat-readers-xrd", _fairmat("read_bruker_raw")),),
    ".ser": (("ncempy", _ncempy("ser", "serReader")),),
    ".spc": (("spc-io", _spc),),
    ".tdms": (("nptdms alone", _nptdms),),
    ".tif": (("tifffile", _tifffile),),
    ".tiff": (("tifffile", _tifffile),),
    ".vms": (("vamas", _vamas),),
    ".wdf": (("renishawWiRE", _renishaw),),
    ".xlsx": (("openpyxl", _openpyxl),),
    ".xrdml": (("fairmat-readers-xrd", _fairmat("read_panalytical_xrdml")),),
}
BY_NAME = {"fid": (("nmrglue", _nmrglue_bruker),), "ser": (("nmrglue", _nmrglue_bruker),)}
OPUS = (("brukeropus", _opus),)
MADE = {"made-1e6.csv": (("pandas", _pandas),)}


@dataclass(frozen=True)
class Timed:
    """One file's times."""

    name: str
    reader: str
    n_bytes: int
    deposit_s: float
    """Recognised among all readers, then read."""
    alone_s: float
    """Read by the reader that was chosen."""
    other: str
    other_s: float | None

    def line(self) -> str:
        """A row in Markdown."""
        theirs = ["", "", ""]
        if self.other_s is not None:
            ratios = (self.deposit_s / self.other_s, self.alone_s / self.other_s)
            theirs = [f"{1e3 * self.other_s:.2f}", *(f"{ratio:.2f}" for ratio in ratios)]
        ours = [f"{1e3 * self.deposit_s:.2f}", f"{1e3 * self.alone_s:.2f}", f"{self.n_bytes / self.alone_s / 1e6:.0f}"]
        return _row(f"`{self.reader}`", self.name, f"{self.n_bytes / 1e3:.0f}", *ours, self.other, *theirs)


HEADINGS = (
    "reader",
    "file",
    "kB",
    "deposit ms",
    "reader ms",
    "MB/s",
    "other",
    "its ms",
    "ratio deposit",
    "ratio reader",
)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def best_cpu_s(deed: Callable[[], object]) -> float:
    """The shortest CPU time of at least three runs; the first, which loads libraries, does not count."""
    deed()
    best, total, n = float("inf"), 0.0, 0
    while n < LEAST_RUNS or (total < LEAST_S and n < 200):
        begun = time.process_time()
        deed()
        taken = time.process_time() - begun
        best, total, n = min(best, taken), total + taken, n + 1
    return best


def timed(path: Path, absent: set[str]) -> Timed | None:
    """Time one file; `None` where no reader of ours reads it."""
    try:
        choice, readings = read(Source(path))
    except KibanError:
        return None
    n_ours = sum((*reading.signals, *reading.variables)[0].series.values.size for reading in readings)
    deposit_s = best_cpu_s(lambda: read(Source(path)))
    alone_s = best_cpu_s(lambda: choice.reader.read(_as_chosen(Source(path), choice)))
    rivals: list[tuple[float, str]] = []
    fails: list[str] = []
    for name, deed in rivals_for(path, choice.reader.name):
        try:
            # Who gives fewer values has not read the same; more are other columns that came along.
            if (n := n_values(deed(path))) < n_ours:
                fails.append(f"{name} gives {n} of {n_ours} values")
                continue
            rivals.append((best_cpu_s(lambda deed=deed: deed(path)), name))  # type: ignore[misc]
        except ImportError:
            absent.add(name)
        except Exception as e:  # noqa: BLE001  what another library cannot read is worth a word
            fails.append(f"{name} fails ({type(e).__name__})")
    other_s, other = min(rivals, default=(None, ", ".join(fails)))
    return Timed(path.name, choice.reader.name, path.stat().st_size, deposit_s, alone_s, other, other_s)


def _as_chosen(source: Source, choice: Choice) -> Source:
    """The bytes that the reader was chosen for: unpacked, where they came packed."""
    if choice.source.packed_as is None:
        return source
    inner = source.unpacked()
    return source if inner is None else inner


def rivals_for(path: Path, reader: str) -> tuple[tuple[str, Numbers], ...]:
    """Other libraries that may read such a file."""
    if "opus" in reader:
        return OPUS
    if reader in {"delimited_text", "biologic_mpt"}:
        return MADE.get(path.name, ())
    return MADE.get(path.name) or BY_NAME.get(path.name) or OTHERS.get(path.suffix.lower(), ())


def real_files(wanted: set[str]) -> dict[str, list[Path]]:
    """Up to three real files for each reader: the smallest, the largest and one between."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(DATA.rglob("*"), key=lambda p: (p.stat().st_size, p.name)):
        if not path.is_file() or path.name == "README.md":
            continue
        with contextlib.suppress(KibanError):
            name = choose(Source(path)).reader.name
            if not wanted or name in wanted:
                found[name].append(path)
    return {name: [paths[i] for i in sorted({0, len(paths) // 2, len(paths) - 1})] for name, paths in found.items()}


def made_files(folder: Path) -> Iterator[Path]:
    """Files larger than the real ones."""
    chance = np.random.default_rng(1)
    table = np.column_stack([np.arange(1_000_000) * 0.01, *chance.normal(100, 3, (2, 1_000_000)).round(4)])
    csv = folder / "made-1e6.csv"
    np.savetxt(csv, table, fmt="%.4f", delimiter=",", header="Time (s),Voltage (V),Current (mA)", comments="")
    yield csv
    packed = DATA / "xrd" / "rsm_1.xrdml.bz2"
    if packed.exists():
        import bz2

        unpacked = folder / "rsm_1.xrdml"
        unpacked.write_bytes(bz2.decompress(packed.read_bytes()))
        yield unpacked
    for original in sorted(DATA.glob("xrd/XRD-918-16_10.xrdml")):
        yield _long_scan(original, folder / "made-5e5.xrdml")
    for original in sorted(DATA.glob("xrd/TwoTheta_scan_powder.rasx")):
        yield _map(original, folder / "made-201-scans.rasx")
    yield from _pictures(folder)


def _pictures(folder: Path) -> Iterator[Path]:
    """A picture of 4 million pixels, with gaps and saturated pixels, as EDF and as CBF with byte offsets."""
    chance = np.random.default_rng(1)
    pixels = chance.poisson(chance.gamma(0.5, 20, (2048, 2048))).astype("<i4")
    pixels[:, 1000:1010] = -1
    pixels[chance.integers(0, 2048, 500), chance.integers(0, 2048, 500)] = 200_000
    edf = folder / "made-4e6.edf"
    keys = "HeaderID = EH:000001:000000:000000 ;\nByteOrder = LowByteFirst ;\nDataType = SignedInteger ;\n"
    keys += f"Dim_1 = 2048 ;\nDim_2 = 2048 ;\nSize = {pixels.nbytes} ;\nDetector = PILATUS3 ;\nPSize_1 = 172e-6 ;\n"
    edf.write_bytes(f"{{\n{keys:<1020}}}\n".encode() + pixels.tobytes())
    yield edf
    stored = _byte_offsets(pixels.ravel())
    checksum = base64.b64encode(hashlib.md5(stored, usedforsecurity=False).digest()).decode()
    head = "###CBF: VERSION 1.5\r\ndata_made\r\n# Detector: PILATUS3, S/N 1\r\n# Count_cutoff 200000 counts\r\n"
    head += "_array_data.data\r\n;\r\n--CIF-BINARY-FORMAT-SECTION--\r\nContent-Type: application/octet-stream;\r\n"
    head += '     conversions="x-CBF_BYTE_OFFSET"\r\nContent-Transfer-Encoding: BINARY\r\n'
    head += f"X-Binary-Size: {len(stored)}\r\nX-Binary-ID: 1\r\n"
    head += 'X-Binary-Element-Type: "signed 32-bit integer"\r\nX-Binary-Element-Byte-Order: LITTLE_ENDIAN\r\n'
    head += f"Content-MD5: {checksum}\r\nX-Binary-Number-of-Elements: {pixels.size}\r\n"
    head += "X-Binary-Size-Fastest-Dimension: 2048\r\nX-Binary-Size-Second-Dimension: 2048\r\n\r\n"
    cbf = folder / "made-4e6.cbf"
    cbf.write_bytes(head.encode() + b"\x0c\x1a\x04\xd5" + stored + b"\r\n--CIF-BINARY-FORMAT-SECTION----\r\n;\r\n")
    yield cbf


def _byte_offsets(pixels: np.ndarray) -> bytes:
    """Each pixel as its difference from the one before, in 1, 3 or 7 bytes."""
    steps = np.diff(pixels.astype(np.int64), prepend=0)
    parts = []
    for step in steps.tolist():
        if -0x80 < step < 0x80:
            parts.append(step.to_bytes(1, "little", signed=True))
        elif -0x8000 < step < 0x8000:
            parts.append(b"\x80" + step.to_bytes(2, "little", signed=True))
        else:
            parts.append(b"\x80\x00\x80" + step.to_bytes(4, "little", signed=True))
    return b"".join(parts)


def _long_scan(original: Path, made: Path) -> Path:
    """A scan of half a million points, with the header of a real one."""
    import re

    counts = " ".join(map(str, np.random.default_rng(1).poisson(200, 500_000)))
    text = original.read_text(encoding="utf-8")
    made.write_text(re.sub(r"(<(?:intensities|counts)[^>]*>)[^<]*", rf"\g<1>{counts}", text), encoding="utf-8")
    return made


def _map(original: Path, made: Path) -> Path:
    """As large as a map of 201 scans: the real scan again and again."""
    with zipfile.ZipFile(original) as archive:
        profile = archive.read("Data0/Profile0.txt")
        conditions = archive.read("Data0/MesurementConditions0.xml").decode("utf-8-sig")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(201):
            archive.writestr(f"Data{n}/Profile{n}.txt", profile)
            archive.writestr(f"Data{n}/MesurementConditions{n}.xml", conditions)
        names = "".join(f'<ContentHashList Name="Data{n}" />' for n in range(201))
        archive.writestr("root.xml", f"<RootList>{names}</RootList>")
    return made


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    wanted = set(sys.argv[1:])
    absent: set[str] = set()
    print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.\n")
    print(_row(*HEADINGS))
    print("|" + "---|" * len(HEADINGS))
    with tempfile.TemporaryDirectory(prefix="kiban-readers-") as name:
        paths = [path for _, group in sorted(real_files(wanted).items()) for path in group]
        for path in [*paths, *made_files(Path(name))]:
            # What other libraries print is not part of the table.
            with contextlib.redirect_stdout(io.StringIO()):
                one: Any = timed(path, absent)
            if one is not None and (not wanted or one.reader in wanted):
                print(one.line(), flush=True)
    heard = real_files(set())
    silent = [reader.name for reader in readers() if reader.name not in heard]
    print(
        f"\nNot installed: {', '.join(sorted(absent)) or 'none'}. Readers without a real file: {', '.join(silent) or 'none'}."
    )


if __name__ == "__main__":
    main()
