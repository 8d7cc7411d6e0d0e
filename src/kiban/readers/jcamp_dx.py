"""JCAMP-DX, the exchange format of spectroscopy.

Instrument
----------
Infrared, Raman, UV-Vis, NMR, EPR, mass and ion-mobility spectrometers of all makers, voltammetry too, as long as
their programs export JCAMP-DX (suffixes `.jdx`, `.dx`, `.jcm`, `.jcamp`); versions 4.24, 5.00, 5.01, 5.02 and the
drafts of 6.00.

What is read
------------
Each block with numbers gives one Reading, a compound (LINK) file several. Names follow the unit and the technique:

- axis: `wavenumber` or `raman_shift` (1/cm), `wavelength` (nm, um), `frequency` (Hz), `chemical_shift` (ppm), `time`,
  `drift_time`, `retention_time` (s, ms, min), `mass_to_charge` (dalton/elementary_charge), `magnetic_field` (gauss, T),
  `potential` (V), `retardation` for interferograms, else `x`; shape (n_points,)
- signal: `absorbance`, `transmittance`, `reflectance`, `kubelka_munk`, `absorptivity`, `current` ..., else
  `intensity`; same shape. Units are kept as given, so transmittance may be a fraction or percent.
- NTUPLES: `intensity_real` and `intensity_imaginary` of one Reading; two-dimensional NMR as arrays of shape
  (n_pages, n_points) over `frequency_1` and `frequency_2`; mass spectra at several times one after the other, each
  point with its `page_number` (an index into `retention_time`)
- `width` of peaks in `(XYW..XYW)` tables
- `chemical_shift` (ppm) beside a `frequency` axis, where Bruker's parameters or `.SHIFT REFERENCE` fix it

All written forms are read: AFFN, FIX, PAC, SQZ, DIF, DUP, DIFDUP and mixtures. The technique is the DATA TYPE; where
none is stated it is guessed from the units, with a doubt. Blocks without numbers (structures, notes) stand in the
header of every Reading of the file under "blocks without data", enclosing LINK blocks under "enclosing blocks".

Checked, and doubted or refused: the number of points, the ordinates repeated in DIF tables, the abscissas at the
lines' beginnings, DELTAX, FIRSTX, LASTX, FIRSTY, MAXY and MINY.

Uncertainties
-------------
Where ordinates are written as integers times a stated factor, that factor is the step between two values: attached to
the signal as resolution, origin file, rectangular. It is the digitisation of the export, not the noise. Nothing else
is stated in a way that programs could read.

What is left out
----------------
The words of peak assignments and multiplicities are kept in the header only, as are chemical structures (JCAMP-CS).
Forms other than evenly spaced tables and groups (contours) are refused. A chemical shift is not given where its
reference is not stated or contradicted.

File structure
--------------
R. S. McDonald, P. A. Wilks, Appl. Spectrosc. 42, 151 (1988) (JCAMP-DX 4.24); A. N. Davies, P. Lampen, Appl.
Spectrosc. 47, 1093 (1993) (5.00, NMR); P. Lampen et al., Appl. Spectrosc. 48, 1545 (1994) (5.00, mass spectra); P.
Lampen et al., Pure Appl. Chem. 71, 1549 (1999) (5.01, NMR and NTUPLES); J. I. Baumbach et al., Pure Appl. Chem. 73,
1765 (2001) (5.01, ion mobility); R. Cammack et al., Pure Appl. Chem. 78, 613 (2006) (EPR). Departures from them
(labels left out, even that of the table, X not divided by XFACTOR, percent called TRANSMITTANCE, pages without
symbols) were worked out from about 30 files of different programs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, islice

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers import text as texts
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.jcamp import metadata as jcamp_metadata
from kiban.readers.jcamp import ntuples as jcamp_ntuples
from kiban.readers.jcamp import tables as jcamp_tables
from kiban.readers.jcamp import words as jcamp_words
from kiban.readers.jcamp.labels import (
    TABLES,
    Block,
    blocks,
    decode,
    label_table,
    labels_in,
    plain_line_ends,
)
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading, Variable
from kiban.records.rights.json_text import rights_in_file
from kiban.records.technique import TECHNIQUES

# Bytes of a text that can hold the label TITLE; two signs # alone stand in many binary files.
_PERHAPS = re.compile(rb"##[\s\-/_\x1c-\x1f\x80-\xff]*[Tt]")
_PARAMETERS = re.compile(r"##\s*DATA[ _-]?TYPE\s*=\s*Parameter Values", re.IGNORECASE)
_MOST_DOUBTS = 20
_MOST_LABELS_BEFORE = 200


@dataclass(frozen=True, slots=True)
class JcampDx:
    """Reads JCAMP-DX files."""

    name: str = "jcamp_dx"
    version: int = 2
    title: str = "JCAMP-DX"
    makers: tuple[str, ...] = ("any",)
    techniques: tuple[str, ...] = (
        "ir",
        "raman",
        "uv_vis",
        "nmr",
        "epr",
        "mass_spectrometry",
        "ion_mobility",
        "chromatography",
        "cyclic_voltammetry",
        "linear_sweep_voltammetry",
        "chronoamperometry",
        "chronopotentiometry",
        "impedance",
        "electrochemistry",
        "xrd",
        "thermogravimetry",
        "spectrum",
        "table",
    )
    suffixes: tuple[str, ...] = (".jdx", ".dx", ".jcm", ".jcamp")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files whose first labels are `##TITLE=` and `##JCAMP-DX=`."""
        if not texts.is_wide(source.head) and (b"##" not in source.head or not _PERHAPS.search(source.head)):
            return None
        found = labels_in(source.head_text)
        first = list(islice(found, 3))
        if "TITLE" not in first or _PARAMETERS.search(plain_line_ends(source.head_text[:8192])[:4096]):
            return None
        before: set[str] = set()
        for n, label in enumerate(chain(first, found)):
            if label == "JCAMPDX" and n < _MOST_LABELS_BEFORE:
                return Recognition(Confidence.CERTAIN, "it begins with the labels ##TITLE= and ##JCAMP-DX= of JCAMP-DX")
            before.add(label)
        if first[0] == "TITLE" and not before.isdisjoint({"DATATYPE", *TABLES}):
            return Recognition(Confidence.LIKELY, "it begins with ##TITLE= and has other labels of JCAMP-DX")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read every block that has numbers.

        Raises
        ------
        DamagedFile
            If numbers contradict the header, or a block breaks off and nothing proves it complete.
        NothingMeasured
            If no block has numbers.
        HostileFile, LimitExceeded, UnsupportedVariant
        """
        found = [each for outermost in blocks(decode(source.read())) for each in outermost.walk()]
        unlabelled = [block for block, _ in found if label_table(block)]
        empty: list[Json] = [_header(b) for b, _ in found if not b.has_data and not b.children]
        where = jcamp_tables.Where(name=source.name, limit=source.limits.expanded_bytes // 256)
        readings = []
        for block, above in found:
            if not block.has_data:
                continue
            header = _header(block)
            if above:
                header["enclosing blocks"] = [_header(each) for each in above]
            if empty:
                header["blocks without data"] = empty
            is_labelled = all(block is not each for each in unlabelled)
            readings += _read_block(block, above, header, where, is_labelled)
        if not readings:
            raise NothingMeasured(
                f"{source.name} holds {len(found)} JCAMP-DX blocks, none with a table of measured numbers.",
                mend="If a spectrum was measured, export it again; the file is kept as it came.",
            )
        return readings


def _read_block(
    block: Block, above: tuple[Block, ...], header: dict[str, Json], where: jcamp_tables.Where, is_labelled: bool
) -> list[Reading]:
    technique, doubts = _technique(block)
    if not is_labelled:
        doubts.append(
            "The table has no label; its two columns were taken for X and Y. Nothing shows it to be complete."
        )
    elif not block.ended:
        doubts.append(_unended(block, where.name))
    contents: list[tuple[tuple[Variable, ...], float | None, list[str]]] = []
    if any(table.key == "DATATABLE" for table in block.tables):
        pages, page_doubts = jcamp_ntuples.variables(block, technique, where)
        contents += [(made, step, page_doubts) for made, step in pages]
        header["pages"] = jcamp_ntuples.page_headers(block)
    # Assignments go behind the spectrum that they belong to.
    for table in sorted(block.tables, key=lambda table: table.key.startswith("PEAKASSIGN")):
        if table.key != "DATATABLE":
            contents.append(jcamp_tables.variables(block, table, technique, where))
    return [
        _reading(block, above, technique, header, made, step, doubts + found, f" ({i})" if len(contents) > 1 else "")
        for i, (made, step, found) in enumerate(contents, start=1)
    ]


def _unended(block: Block, name: str) -> str:
    """A block without `##END=` was perhaps cut; only the number of points and a finished last line can clear it."""
    mend = "It was perhaps cut short: copy or export it again. It is kept as it came."
    if not block.value("NPOINTS", "VARDIM"):
        raise DamagedFile(f"{name}: a block has no ##END=, and nothing says how many points it should have.", mend=mend)
    if not block.records[-1].text.endswith("\n"):
        raise DamagedFile(f"{name}: the file breaks off within a line, and has no ##END=.", mend=mend)
    return "The block has no ##END=; the number of points is all that shows it to be complete."


def _technique(block: Block) -> tuple[str, list[str]]:
    if (ours := block.value("$KIBANTECHNIQUE")) in TECHNIQUES:
        return ours, []
    stated = jcamp_words.technique(block.value("DATATYPE", "NTUPLES"))
    if stated is not None:
        return stated, []
    units = block.value("XUNITS"), block.value("YUNITS")
    guessed = jcamp_words.guess_technique(
        jcamp_words.unit(units[0])[0],
        jcamp_words.unit(units[1], "ir")[0],
        is_nmr=".OBSERVENUCLEUS" in block or ".OBSERVEFREQUENCY" in block,
    )
    if guessed == "spectrum":
        return guessed, ["The file does not state its DATA TYPE."]
    return guessed, [f"The file does not state its DATA TYPE; {guessed} was guessed from its labels and units."]


def _reading(
    block: Block,
    above: tuple[Block, ...],
    technique: str,
    header: dict[str, Json],
    made: tuple[Variable, ...],
    step: float | None,
    doubts: list[str],
    suffix: str,
) -> Reading:
    axis = made[0]
    metadata: dict[str, MetadataValue] = jcamp_metadata.metadata(block, axis.series.unit, technique)
    if step:
        metadata["step"] = Measured(step, axis.series.unit)
    if technique == "nmr" and axis.name == "frequency" and "chemical_shift" not in {v.name for v in made}:
        shift, shift_doubts = jcamp_metadata.chemical_shift(block, axis)
        doubts = doubts + shift_doubts
        made = made if shift is None else (*made, shift)
    started_at, date_doubts = jcamp_metadata.started_at(block)
    rights, rights_doubts = rights_in_file(block.value("$KIBANRIGHTS"))
    doubts = list(dict.fromkeys([*doubts, *date_doubts, *rights_doubts]))
    if len(doubts) > _MOST_DOUBTS:
        doubts = [*doubts[:_MOST_DOUBTS], f"There are {len(doubts) - _MOST_DOUBTS} more doubts of these kinds."]
    return Reading(
        technique=technique,
        title=_title(block, above, technique) + suffix,
        variables=made,
        header=header,
        metadata=metadata,
        sample_name=jcamp_metadata.sample_name(block),
        instrument=block.value("SPECTROMETER/DATASYSTEM", "SPECTROMETERDATASYSTEM", "$INSTRUM").strip("<>") or None,
        started_at=started_at,
        rights=rights,
        doubts=tuple(doubts),
    )


def _title(block: Block, above: tuple[Block, ...], technique: str) -> str:
    for candidate in (block.value("TITLE"), *(each.value("TITLE") for each in above[::-1]), block.value("DATATYPE")):
        if first := candidate.partition("\n")[0].strip():
            return first[:300]
    return technique


def _header(block: Block) -> dict[str, Json]:
    """Give a block's records as written; a label that comes several times has a list of texts."""
    header: dict[str, Json] = {}
    for record in block.records:
        if record.key in {"PAGE", "DATATABLE"}:
            break
        text = record.text.strip()
        if record.key in TABLES and not record.key.startswith("PEAKASSIGN"):
            text = text.partition("\n")[0]
        before = header.get(record.label)
        if record.label not in header:
            header[record.label] = text
        elif isinstance(before, list):
            before.append(text)
        else:
            header[record.label] = [before, text]
    return header


READER = JcampDx()
