"""Tables in the builder of campaigns: lists of candidates and descriptors of words, pasted or uploaded.

What is uploaded becomes text of the form, so that it is seen, can be corrected, and is not lost at the next look.
"""

from __future__ import annotations

from typing import Any

from kiban.errors import InvalidValue, KibanError
from kiban.operations.campaign_tables import CandidatesInTable, candidates_in_table
from kiban.operations.uploaded_tables import read_table
from kiban.planning.campaign.candidate_table import Rows, candidates_in, proposed_parameters
from kiban.planning.campaign.descriptor_table import descriptors_in
from kiban.planning.space.document import space_from_json
from kiban.readers.experiments.sheet import Sheet
from kiban.web.asker import Desk
from kiban.web.builder_form import Builder, parameter_row
from kiban.web.form_data import Given

_PASTED = "pasted.csv"


def take_uploads(desk: Desk, builder: Builder, form: Given) -> None:
    """Put the tables of uploaded files into the fields beside them; what cannot be read is a problem of the field.

    Where no parameter is described yet, a list of candidates also proposes those.
    """
    places = {"list_file": ("list", builder.head)}
    places |= {f"parameters.{i}.file": (f"parameters.{i}.descriptors", row) for i, row in enumerate(builder.parameters)}
    for sent, (place, row) in places.items():
        file = form.files.get(sent)
        if file is None or not file.content:
            continue
        try:
            sheet = read_table(desk.resources, file.content, file.name)
        except KibanError as e:
            builder.problems[place] = e
            continue
        row[place.rpartition(".")[2]] = _as_text(sheet)
        if place == "list":
            builder.head["list_name"] = file.name


def propose_from_list(desk: Desk, builder: Builder) -> None:
    """Fill in the parameters out of the list of candidates, where none is described yet."""
    if not builder.head["list"] or any(row["name"] for row in builder.parameters):
        return
    try:
        sheet = _sheet(desk, builder.head["list"], _list_name(builder))
    except KibanError as e:
        builder.problems["list"] = e
        return
    wanted = {row["name"] for row in builder.outcomes}
    found = proposed_parameters(sheet.headers, _rows(sheet), but=wanted)
    if found:
        builder.parameters = [parameter_row(each, each["name"]) for each in found]


def candidates_of(desk: Desk, builder: Builder, document: dict[str, Any]) -> CandidatesInTable | None:
    """The candidates that the form gives; `None` where all that the parameters allow can be made.

    Parameters
    ----------
    document : dict
        The definition as the rest of the form says it. What is wrong with the list is put into the form's problems.
    """
    head = builder.head
    if not head["list"] and not head["list_q"]:
        return None
    if head["list"] and head["list_q"]:
        builder.problems["list_q"] = InvalidValue(
            "A list of candidates and a question for them are both given.", mend="Empty one of the two."
        )
        return None
    place = "list" if head["list"] else "list_q"
    try:
        parameters = space_from_json({"parameters": document["space"]["parameters"]}).parameters
        if head["list_q"]:
            columns = {row["name"]: row["column"] for row in builder.parameters if row["name"] and row["column"]}
            return candidates_in_table(desk.asker, desk.resources, parameters, head["list_q"], columns)
        name = _list_name(builder)
        sheet = _sheet(desk, head["list"], name)
        return CandidatesInTable(
            columns=candidates_in(parameters, sheet.headers, _rows(sheet), source=name), left_out=()
        )
    except KibanError as e:
        builder.problems[place] = e
        return None


def add_descriptors(desk: Desk, builder: Builder, document: dict[str, Any]) -> None:
    """Add to the categorical parameters of a definition the descriptors that their rows give.

    Called when the definition is whole: parameters stand in it in the order of the rows that describe one.
    """
    by_name = {each["name"]: each for each in document["space"]["parameters"]}
    for i, row in enumerate(builder.parameters):
        parameter = by_name.get(row["name"])
        if parameter is None or parameter["kind"] != "categorical" or not row["descriptors"]:
            continue
        place = f"parameters.{i}.descriptors"
        try:
            sheet = _sheet(desk, row["descriptors"], _PASTED)
            parameter["descriptors"] = descriptors_in(
                row["name"], parameter["levels"], sheet.headers, _rows(sheet), source=row["name"]
            )
        except KibanError as e:
            builder.problems[place] = e


def _list_name(builder: Builder) -> str:
    return builder.head["list_name"] or _PASTED


def _sheet(desk: Desk, text: str, name: str) -> Sheet:
    # The text is what a workbook said, too: by its name it would be taken for one.
    return read_table(desk.resources, (text + "\n").encode(), f"{name}.csv" if not name.endswith(".csv") else name)


def _rows(sheet: Sheet) -> Rows:
    return [(row.number, row.cells) for row in sheet.rows]


def _as_text(sheet: Sheet) -> str:
    """Tabs between cells, as spreadsheet programs put tables on the clipboard."""
    lines = [sheet.headers, *(row.cells for row in sheet.rows)]
    return "\n".join("\t".join(" ".join(cell.split()) for cell in cells) for cells in lines)
