"""The coherent SI units of what laboratories measure, in the order in which answers of different units stand."""

from __future__ import annotations

USUAL = (
    *("", "rad", "m", "m**-1", "m**2", "m**3", "s", "s**-1", "kg", "kg*mol**-1", "mol", "kg*m**-3", "m**-3*mol", "K"),
    *("kg*m**2*s**-2", "kg*m**2*mol**-1*s**-2", "m**2*s**-2", "kg*m**-1*s**-2", "kg*m**-1*s**-1", "kg*m*s**-2"),
    *("kg*s**-2", "kg*m**2*s**-3", "K**-1*kg*m*s**-3", "K**-1*m**2*s**-2", "A**-1*kg*m**2*s**-3", "A", "A*m**-2"),
    *("A**-2*kg*m**2*s**-3", "A**-2*kg*m**3*s**-3", "A**2*kg**-1*m**-3*s**3", "A**2*kg**-1*m**-2*s**4", "A*s"),
    *("A*kg**-1*s", "A**-1*kg*s**-2", "A*m**-1", "kg**-1*m**2", "A*kg**-1*s**2", "m**2*s**-1", "m*s**-1", "m**-2"),
    *("kg*m**-0.5*s**-2", "kg**-1*m*s**2", "K**-1*kg*m**2*mol**-1*s**-2", "K**-1", "K*kg**-1*s**3"),
    *("A**-2*kg*m**4*s**-3", "m**-3", "A**-1*m**3*s**-1", "A**-1*kg*m*s**-3", "A*m**-2*s", "A*kg**-1*m**-1*s**3"),
    *("A**-1*K**-1*kg*m**2*s**-3", "K**-2*kg*m*s**-3", "A*kg**-1*m**2", "A*m**2", "kg**-1*m**3", "m**3*mol**-1"),
    *("m**2*s**-3", "m**2*mol**-1", "cd*m**-2", "cd*kg**-1*m**-2*s**3", "A**2*kg**-2*m**-2*s**4"),
    *("A**2*kg**-1*m**-4*s**4", "kg**-1*mol", "A**2*kg**-1*mol**-1*s**3", "kg**-1*mol*s", "kg**-1*m**-1*mol*s"),
    *("kg*m**-2*s**-1", "kg*s**-1", "m**3*s**-1", "arbitrary_unit"),
)
"""Those of all units that are offered, and of all property terms that come with Kiban."""
