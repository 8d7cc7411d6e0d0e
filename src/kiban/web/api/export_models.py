"""What REST answers about exports."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from kiban.web.api.models import Model


class OfferModel(Model):
    """A standard that a record can be exported as."""

    model_config = ConfigDict(title="Offer")

    name: str = Field(description="Give it as `as`.", examples=["nexus"])
    title: str = Field(examples=["NeXus (HDF5)"])
    suffix: str = Field(examples=[".nxs"])
    media_type: str = Field(examples=["application/x-hdf5"])
    losses: list[str] = Field(description="What the file could not carry, in sentences.")
