"""A small study with everything in it simulated: titania films annealed from anatase to rutile, and cathode powders.

Eleven samples, seven techniques, pictures and tables, over seventy files in the formats that instruments write. One
file is cut short as by an interrupted copy and one is of a kind that no reader knows, so that a demonstration has
something that needs attention.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from kiban.demo import study_electrochemistry, study_patterns, study_pictures, study_spectra
from kiban.demo.cif_files import cif
from kiban.demo.process_files import conditions_table, furnace_log
from kiban.demo.structures import STRUCTURES
from kiban.demo.study_samples import COBALTATES, TITANIA

JAPAN = timezone(timedelta(hours=9))
_BEGINNING = datetime(2026, 4, 6, 9, 0, tzinfo=JAPAN)

_HOLD_H = 2.0
_RAMP_K_PER_MIN = 5.0
_CALCINATION_H = 12.0
_LITHIUM_EXCESS_PERCENT = 5.0

_README = """SIMULATED for demonstration by Kiban; nothing in this folder was measured.
シミュレーションデータです。このフォルダーに実測値はありません。

A study of titania films, annealed at 400 to 900 degC on the way from anatase to rutile, and of lithium cobalt oxide
powders, calcined at 750 to 950 degC. The same program makes the same files each time.
チタニア薄膜（400〜900 °C でアニールし、アナターゼからルチルへ）と
コバルト酸リチウム粉末（750〜950 °C で焼成）の研究例です。
同じプログラムからは毎回同じファイルができます。

xrd           diffraction: .xrdml, .ras, .rasx                  X線回折
raman         Raman spectra, JCAMP-DX; a map, LabSpec text      ラマン分光、ラマンマッピング
ir            infrared spectra, JCAMP-DX                        赤外分光
uv-vis        absorbance of the films, JCAMP-DX                 紫外可視分光
micrographs   pictures of a film while heated, TIFF             加熱中の薄膜の顕微鏡像
voltammetry   cyclic voltammetry, EC-Lab text export            サイクリックボルタンメトリー
battery       charge and discharge, EC-Lab text export          充放電
process       logs of the furnaces, tables of conditions, CSV   炉の記録、条件表
structures    crystal structures as published, CIF              結晶構造（文献値）
thermal       a file in a format that no reader knows           読めない形式のファイル

Two files need attention, on purpose:
次の二つのファイルは、わざと問題があるようにしてあります。

xrd/TiO2-A600_interrupted.xrdml   ends in the middle, as after an interrupted copy     途中で切れています
thermal/TiO2-gel_run7.tbd         is binary, of an invented thermobalance              架空の熱天秤のバイナリーです
"""


def make_study(folder: Path) -> list[Path]:
    """Write the files of the study.

    Parameters
    ----------
    folder : Path
        It and its subfolders are made where they are missing.

    Returns
    -------
    list of Path
        Every file written, sorted. Their bytes are the same at each call.
    """
    written = []
    for name, content in _files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return sorted(written)


def _files() -> Iterator[tuple[str, bytes]]:
    yield "README.txt", _README.encode()
    yield from study_patterns.files(_BEGINNING + timedelta(days=14))
    yield from study_spectra.files(_BEGINNING + timedelta(days=21))
    yield from study_pictures.files(_BEGINNING + timedelta(days=25))
    yield from study_electrochemistry.files(_BEGINNING + timedelta(days=28))
    yield from _process_files(_BEGINNING)
    for key in ("silicon", "anatase", "rutile", "lithium-cobalt-oxide"):
        yield f"structures/{key}.cif", cif(STRUCTURES[key])
    # Begins with its own words, so that whoever opens it sees that nothing was measured here either.
    yield "thermal/TiO2-gel_run7.tbd", b"TBD7\0SIMULATED\0" + bytes((7 * i * i + i // 3) % 256 for i in range(6000))


def _process_files(beginning: datetime) -> Iterator[tuple[str, bytes]]:
    """Logs of the furnaces and one table for each kind of sample."""
    for day, it in enumerate(TITANIA):
        if it.annealed_degc is not None:
            yield (
                f"process/{it.name}_furnace.csv",
                furnace_log(
                    sample_name=it.name,
                    plateau_degc=it.annealed_degc,
                    hold_h=_HOLD_H,
                    ramp_k_per_min=_RAMP_K_PER_MIN,
                    started_at=beginning + timedelta(days=day),
                    seed=100 + day,
                ),
            )
    for day, powder in enumerate(COBALTATES):
        yield (
            f"process/{powder.name}_furnace.csv",
            furnace_log(
                sample_name=powder.name,
                plateau_degc=powder.calcined_degc,
                hold_h=_CALCINATION_H,
                ramp_k_per_min=_RAMP_K_PER_MIN,
                started_at=beginning + timedelta(days=day, hours=1),
                seed=200 + day,
            ),
        )
    yield (
        "process/anneal_conditions.csv",
        conditions_table(
            "Annealing of the titania films",
            ("Anneal temperature (°C)", "Hold (h)", "Heating rate (K/min)", "Sample", "Atmosphere"),
            [
                (it.annealed_degc, _HOLD_H, _RAMP_K_PER_MIN, it.name, "air")
                for it in TITANIA
                if it.annealed_degc is not None
            ],
        ),
    )
    yield (
        "process/calcination_conditions.csv",
        conditions_table(
            "Calcination of the lithium cobalt oxide powders",
            ("Calcination temperature (°C)", "Hold (h)", "Lithium excess (%)", "Sample", "Atmosphere"),
            [(it.calcined_degc, _CALCINATION_H, _LITHIUM_EXCESS_PERCENT, it.name, "oxygen") for it in COBALTATES],
        ),
    )
