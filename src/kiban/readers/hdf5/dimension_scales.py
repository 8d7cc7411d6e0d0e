"""Which dimension scales are attached to a dataset.

HDF5's own functions for it believe the type and shape of the attribute `DIMENSION_LIST`, and write beyond the end of
their memory where it is another one. So it is read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiban.errors import DamagedFile
from kiban.readers.hdf5.opening import MEND
from kiban.readers.hdf5.values import has_attribute

if TYPE_CHECKING:
    import h5py

_LIST = "DIMENSION_LIST"


def scale_names(dataset: h5py.Dataset, *, file: str) -> list[str]:
    """The name of the first scale of each dimension, the last part of its path; empty where there is none.

    Raises
    ------
    DamagedFile
        If the list of scales is none, or has another length than the dataset has dimensions.
    """
    if not has_attribute(dataset, _LIST):
        return [""] * dataset.ndim
    if not _is_list_of_references(dataset):
        raise DamagedFile(
            f"{file}: {dataset.name} was expected to refer to the scales of its {dataset.ndim} dimensions; its "
            f"{_LIST} is something else.",
            mend=MEND,
        )
    return [_name(dataset, scales[0]) if len(scales) else "" for scales in dataset.attrs[_LIST]]


def _is_list_of_references(dataset: h5py.Dataset) -> bool:
    from h5py import h5a, h5t

    handle = h5a.open(dataset.id, _LIST.encode())
    kind = handle.get_type()
    return (
        handle.shape == (dataset.ndim,)
        and isinstance(kind, h5t.TypeVlenID)
        and bool(kind.get_super().equal(h5t.STD_REF_OBJ))
    )


def _name(dataset: h5py.Dataset, reference: h5py.Reference) -> str:
    import h5py

    scale = dataset.file[reference] if reference else None
    return str(scale.name).rpartition("/")[2] if isinstance(scale, h5py.Dataset) and scale.name else ""
