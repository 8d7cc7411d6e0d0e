"""Digital Surf SUR and PRO: surfaces, profiles, images and spectra of MountainsMap and of profilometers.

Instrument
----------
Profilometers, interferometers, confocal and probe microscopes whose programs save Digital Surf's format (Taylor Hobson,
Mitutoyo, Sensofar, ...), MountainsMap itself, and Attolight's cathodoluminescence microscopes.

What is read
------------
One Reading of all objects that lie on the same points, else one of each. The signal is called `height` where its unit
is a length, else after its axis (`intensity`, `phase`); its shape is

- (x) of a profile, (y, x) of a surface, a binary or an intensity image;
- (layer, x) or (layer, y, x) of series and of layers of one quantity (`time`, ... where the series has an axis); layers
  of different quantities are signals beside each other;
- (y, x, colour) of a colour image; `red`, `green`, `blue` and `intensity` beside the surface that they show;
- (wavelength) or (y, wavelength) of spectra, (y, x, wavelength) of spectral maps (`energy`, ... by the unit).

Numbers are integer · Z spacing + Z offset in the unit of the Z step, NaN where nothing was measured; axes begin at
their offset. Technique `surface_topography` where Z is a length, `cathodoluminescence` where the axis is called CL
Intensity, else `image` or `spectrum`. Header, comment and private zone (as hexadecimal text) stand in the header.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Discs, force curves, contours and series of colour images are refused. Inversion and unit ratios are not applied; a
doubt says where they ask for it. What the private zone means is known to its writer only.

File structure
--------------
Digital Surf's description of the format: objects one behind the other, each with 512 bytes of header, comment, private
zone and points (int16 or int32, line by line; of `DSCOMPRESSED` in zlib streams behind a directory of their sizes).
Little-endian, big-endian where the format is 257. Number of objects times number of channels are promised. That Z is
counted from the offset, and not from the Z minimum, follows from a surface and a profile of one measurement.
"""

from __future__ import annotations

from kiban.readers.contract import Confidence, Recognition
from kiban.readers.mountains.objects import COMPRESSED, PLAIN, read_objects
from kiban.readers.mountains.readings import readings
from kiban.readers.source import Source
from kiban.records.reading import Reading


class DigitalSurf:
    """Reads Digital Surf files."""

    name = "digital_surf"
    version = 1
    title = "Digital Surf SUR and PRO"
    makers = ("Digital Surf", "Attolight", "Taylor Hobson")
    techniques = ("surface_topography", "cathodoluminescence", "image", "spectrum")
    suffixes = (".sur", ".pro")

    def recognise(self, source: Source) -> Recognition | None:
        """By the signature that the format has."""
        for signature in (PLAIN, COMPRESSED):
            if source.head.startswith(signature):
                return Recognition(Confidence.CERTAIN, f"it begins with {signature.decode()}")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all objects. Raises as the contract says."""
        objects, n_behind = read_objects(source.read(), file=source.name, limits=source.limits)
        return readings(objects, n_behind, file=source.name)


READER = DigitalSurf()
