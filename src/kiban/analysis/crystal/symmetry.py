"""The symmetry operations that a CIF states, by their triplets or by the name of the space group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kiban.errors import InvalidValue
from kiban.records.reading import Json, Reading

Array = NDArray[np.float64]

_TRIPLETS = (
    "_space_group_symop_operation_xyz",
    "_space_group_symop.operation_xyz",
    "_symmetry_equiv_pos_as_xyz",
    "_symmetry_equiv.pos_as_xyz",
)
_MOST = 192
"""Operations of the largest space groups, centring counted."""


def operations(reading: Reading) -> tuple[Array, Array] | None:
    """Give the operations as matrices and translations, for columns of fractional coordinates.

    Returns
    -------
    rotations : array, shape (n_operations, 3, 3)
    translations : array, shape (n_operations, 3)
        `None` where the file says nothing that is understood.

    Raises
    ------
    InvalidValue
        If a triplet cannot be read, or there are more than any space group has.
    """
    from gemmi import Op

    triplets = _stated(reading.header)
    if triplets is None:
        triplets = _of_the_group(reading.metadata)
    if triplets is None:
        return None
    if len(triplets) > _MOST:
        raise InvalidValue(
            f"{len(triplets)} symmetry operations are stated; no space group has more than {_MOST}.",
            mend="Look at the list of operations in the file.",
        )
    try:
        read = [Op(triplet.strip().strip("'\"")) for triplet in triplets]
    except (ValueError, RuntimeError) as e:
        raise InvalidValue(
            f"A symmetry operation cannot be read: {e}.", mend="Write it like x,1/2-y,z+1/2, in the file."
        ) from e
    rotations = np.array([operation.rot for operation in read], dtype=np.float64) / Op.DEN
    translations = np.array([operation.tran for operation in read], dtype=np.float64) / Op.DEN
    return rotations, translations


def _stated(header: Mapping[str, Json]) -> list[str] | None:
    for table in _tables(header):
        for tag in _TRIPLETS:
            found = table.get(tag)
            if isinstance(found, str):
                return [found]
            if isinstance(found, list) and found:
                return [str(each) for each in found]
    return None


def _tables(header: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    loops = header.get("loops")
    tables: Sequence[Json] = [header.get("items"), *(loops if isinstance(loops, list) else ())]
    for table in tables:
        if isinstance(table, Mapping):
            yield {tag.lower(): value for tag, value in table.items()}


def _of_the_group(metadata: Mapping[str, object]) -> list[str] | None:
    """By Hall's symbol, which says the setting; else by that of Hermann and Mauguin, which mostly does."""
    import gemmi

    hall, name = metadata.get("space_group_hall"), metadata.get("space_group")
    if isinstance(hall, str):
        try:
            return [operation.triplet() for operation in gemmi.symops_from_hall(hall.strip())]
        except (ValueError, RuntimeError):
            pass  # the other name may be understood
    if isinstance(name, str) and (group := gemmi.find_spacegroup_by_name(name.strip())) is not None:
        return [operation.triplet() for operation in group.operations()]
    return None
