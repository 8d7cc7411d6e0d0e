"""Fill a catalogue of Tiled with one array for each line of a file of JSON; runs in Tiled's own environment.

python fill_tiled.py CATALOG.db LINES
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tiled.catalog import from_uri, orm
from tiled.catalog.utils import compute_structure_id
from tiled.structures.array import ArrayStructure, BuiltinDtype
from tiled.structures.core import StructureFamily

_AT_ONCE = 500


async def fill(catalog: str, lines: list[str]) -> None:
    """Write the nodes with their descriptions; the arrays themselves are nowhere, as nobody reads them here."""
    adapter = from_uri(f"sqlite:///{catalog}", init_if_not_exists=True)
    await adapter.startup()
    array = ArrayStructure(data_type=BuiltinDtype.from_numpy_dtype(_float()), shape=(100,), chunks=((100,),))
    structure = json.loads(json.dumps(_plain(array)))
    structure_id = compute_structure_id(structure)
    async with adapter.context.session() as db:
        db.add(orm.Structure(id=structure_id, structure=structure))
        await db.commit()
    for begin in range(0, len(lines), _AT_ONCE):
        async with adapter.context.session() as db:
            for line in lines[begin : begin + _AT_ONCE]:
                metadata = json.loads(line)
                node = orm.Node(
                    key=metadata["id"], parent=0, metadata_=metadata, structure_family=StructureFamily.array, specs=[]
                )
                node.data_sources.append(
                    orm.DataSource(
                        structure_family=StructureFamily.array,
                        mimetype="application/x-npy",
                        management="external",
                        parameters={},
                        properties={},
                        structure_id=structure_id,
                    )
                )
                db.add(node)
            await db.commit()
    await adapter.shutdown()


def _float() -> object:
    import numpy as np

    return np.dtype("float64")


def _plain(structure: object) -> object:
    from dataclasses import asdict

    return asdict(structure)  # type: ignore[call-overload]


if __name__ == "__main__":
    asyncio.run(fill(sys.argv[1], Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()))
