"""Published structures as CIF text."""

from __future__ import annotations

from kiban.demo.powder_reflections import unit_cell
from kiban.demo.structures import Structure


def cif(structure: Structure) -> bytes:
    """Write a structure as CIF 1.1, ASCII or UTF-8, with its symmetry operations and its reference."""
    import gemmi

    group = gemmi.find_spacegroup_by_name(structure.space_group)
    a, b, c, alpha, beta, gamma = structure.cell
    operations = "\n".join(f"  '{operation.triplet()}'" for operation in group.operations())
    sites = "\n".join(
        f"  {s.label} {s.element} {s.x:.6g} {s.y:.6g} {s.z:.6g} 1 Biso {s.b_iso_angstrom2:g}" for s in structure.sites
    )
    return f"""# Written by Kiban for its demonstration from the published values named below.
# The displacement parameters are usual values at room temperature, not from that work.
data_{structure.key}
_chemical_name_common '{structure.name}'
_chemical_formula_sum '{structure.formula}'
_publ_section_title
;
{structure.reference}
;
_cell_length_a {a:.10g}
_cell_length_b {b:.10g}
_cell_length_c {c:.10g}
_cell_angle_alpha {alpha:g}
_cell_angle_beta {beta:g}
_cell_angle_gamma {gamma:g}
_cell_volume {unit_cell(structure).volume_angstrom3:.4f}
_symmetry_space_group_name_H-M '{group.xhm()}'
_symmetry_Int_Tables_number {group.number}
loop_
_symmetry_equiv_pos_as_xyz
{operations}
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
_atom_site_adp_type
_atom_site_B_iso_or_equiv
{sites}
""".encode()
