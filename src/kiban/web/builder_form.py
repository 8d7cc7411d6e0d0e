"""The form in which a campaign is built: what was typed, the definition that it says, and what is wrong where.

Rows of the form are `parameters.0.name`, `outcomes.2.goal`, `constraints.1.formula`. A problem has the name of its
field, or of its row where it is about the whole row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kiban.errors import InvalidValue, KibanError
from kiban.planning.campaign.proposed import Draft
from kiban.planning.objective.target import Goal, OutcomeLimit, Target
from kiban.planning.space.document import constraint_from_json, space_from_json
from kiban.web.form_data import Given
from kiban.web.limits_form import LIMIT_FIELDS, archive_in, number_in, plain_limits, whole_in

Row: TypeAlias = dict[str, str]

PARAMETER_FIELDS = (
    *("name", "kind", "unit", "low", "high", "values", "column", "resolution"),
    *("descriptors", "cost", "level_cost", "hours", "level_hours"),
)
OUTCOME_FIELDS = (
    *("name", "goal", "unit", "value", "low", "high", "enough", "column", "seen"),
    *("weight", "scale_low", "scale_high"),
)
CONSTRAINT_FIELDS = ("kind", "names", "total", "n", "formula", "low", "high", "forbidden", "safety")
KINDS = ("continuous", "integer", "discrete", "categorical")
GOALS = ("", "maximise", "minimise", "match", "limit")
CONSTRAINTS = ("", "mixture", "formula", "at most", "forbidden")
WAYS = ("pareto", "weighted")
HEAD_FIELDS = (
    *("q", "name", "description", "way", "engine", "seed", "archive", "n_first"),
    *("cost_fixed", "hours_fixed", "list", "list_name", "list_q"),
    *LIMIT_FIELDS,
)
_WHERE = re.compile(r"(?P<low>[^.\s].*?)?\s*\.\.\s*(?P<high>\S.*)?")
_MOST_ROWS = 200


@dataclass(slots=True)
class Builder:
    """A campaign that is being built."""

    head: Row
    parameters: list[Row] = field(default_factory=list)
    outcomes: list[Row] = field(default_factory=list)
    constraints: list[Row] = field(default_factory=list)
    with_past: bool = True
    problems: dict[str, KibanError] = field(default_factory=dict)

    def rows(self, part: str) -> list[Row]:
        """The rows of a part of the form."""
        return {"parameters": self.parameters, "outcomes": self.outcomes, "constraints": self.constraints}[part]

    def columns(self) -> dict[str, str]:
        """By parameter or outcome, the column of the table that it was proposed from."""
        return {
            row["name"]: row["column"] for row in (*self.parameters, *self.outcomes) if row["name"] and row["column"]
        }


def blank_row(part: str) -> Row:
    """An empty row."""
    fields = {"parameters": PARAMETER_FIELDS, "outcomes": OUTCOME_FIELDS, "constraints": CONSTRAINT_FIELDS}[part]
    return dict.fromkeys(fields, "") | ({"kind": "continuous"} if part == "parameters" else {})


def blank_builder(question: str = "") -> Builder:
    """A form in which nothing is said yet."""
    head = dict.fromkeys(HEAD_FIELDS, "") | {
        "q": question,
        "way": "pareto",
        "engine": "embedded",
        "seed": "0",
        "archive": "auto",
        "n_first": "1",
    }
    outcome = blank_row("outcomes") | {"goal": "maximise"}
    return Builder(head, [blank_row("parameters"), blank_row("parameters")], [outcome], [])


def proposed_builder(question: str, draft: Draft) -> Builder:
    """A form filled with what a table has to offer; where there is one outcome, the most of it is wanted."""
    builder = blank_builder(question)
    short = _short_names([each["name"] for each in draft.parameters], [each.name for each in draft.outcomes])
    if draft.parameters:
        builder.parameters = [parameter_row(each, short[each["name"]]) for each in draft.parameters]
    if draft.outcomes:
        builder.outcomes = [
            blank_row("outcomes")
            | {
                "name": each.name,
                "unit": each.unit,
                "column": each.name,
                "goal": "maximise" if len(draft.outcomes) == 1 else "",
                "seen": f"{each.low:.6g} – {each.high:.6g}",
                "scale_low": f"{each.low:.6g}" if each.low < each.high else "",
                "scale_high": f"{each.high:.6g}" if each.low < each.high else "",
            }
            for each in draft.outcomes
        ]
    for each in draft.constraints:
        builder.constraints.append(
            blank_row("constraints")
            | {
                "kind": "mixture",
                "names": ", ".join(short[name] for name in each["names"]),
                "total": f"{each['total']:.12g}",
            }
        )
    return builder


def sent_builder(form: Given) -> Builder:
    """The form as it was sent, before anything is understood."""
    head = {name: form.text(name) for name in HEAD_FIELDS}
    builder = Builder(head, with_past=form.text("with_past") == "on")
    for part in ("parameters", "outcomes", "constraints"):
        sent = form.tree.get(part)
        for one in (sent if isinstance(sent, list) else [])[:_MOST_ROWS]:
            typed = one if isinstance(one, Mapping) else {}
            row = {name: text.strip() for name in blank_row(part) if isinstance(text := typed.get(name), str)}
            builder.rows(part).append(blank_row(part) | row)
    return builder


def definition_of(builder: Builder) -> dict[str, Any]:
    """The definition that a form says. What is wrong is put into its problems; then the definition is not whole."""
    problems = builder.problems
    head = builder.head
    parameters = _understood(builder, "parameters", _parameter)
    _check_names(builder, "parameters", [row["name"] for row in builder.parameters])
    constraints = _understood(builder, "constraints", _constraint)
    objective, enough = _objective(builder)
    plain, wrong = plain_limits(Given(tree=dict(head)))
    problems |= wrong
    archive = _field(problems, "archive", archive_in, head["archive"])
    seed = _field(problems, "seed", _seed, head["seed"])
    _field(problems, "n_first", _first, head["n_first"])
    if not head["name"]:
        problems["name"] = InvalidValue("A campaign needs a name.", mend="Name it after what is searched for.")
    if not parameters and not any(place.startswith("parameters") for place in problems):
        problems["parameters"] = InvalidValue(
            "Nothing can be set.", mend="Name one or more parameters, with the values that they can take."
        )
    if not objective["targets"] and not any(place.startswith("outcomes") for place in problems):
        problems["outcomes"] = InvalidValue(
            "Nothing is wanted of the campaign.", mend="Choose an outcome to maximise, to minimise or to match."
        )
    return {
        "name": head["name"],
        "description": head["description"],
        "space": {
            "parameters": parameters,
            "constraints": [document for document, is_safety in constraints if not is_safety],
        },
        "objective": objective,
        "engine": head["engine"] or "embedded",
        "seed": seed or 0,
        "archive": archive or (),
        "limits": {**plain, "enough": enough, "safety": [document for document, is_safety in constraints if is_safety]},
    }


def n_first(builder: Builder) -> int:
    """How many experiments are suggested as soon as it is kept."""
    return _first(builder.head["n_first"])


def _understood(builder: Builder, part: str, read: Callable[[Row, str, dict[str, KibanError]], Any]) -> list[Any]:
    found = []
    for i, row in enumerate(builder.rows(part)):
        place = f"{part}.{i}"
        try:
            document = read(row, place, builder.problems)
        except KibanError as e:
            builder.problems[place] = e
            continue
        if document is not None:
            found.append(document)
    return found


def _field(problems: dict[str, KibanError], place: str, read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except KibanError as e:
        problems[place] = e
        return None


def _short_names(columns: list[str], taken: list[str]) -> dict[str, str]:
    """What to call the parameter of a column: its last part, where no other one ends so."""
    ends = [column.rpartition(".")[2] for column in columns]
    return {
        column: end if ends.count(end) == 1 and end not in taken else column
        for column, end in zip(columns, ends, strict=True)
    }


def parameter_row(document: Mapping[str, Any], name: str) -> Row:
    """The row of a parameter that was proposed as a document, under the name that it is to have."""
    levels = document.get("levels") or ()
    values = [f"{value:.12g}" for value in document.get("values", ())]
    return blank_row("parameters") | {
        "name": name,
        "column": document["name"],
        "kind": document["kind"],
        "unit": document.get("unit", ""),
        "low": f"{document['low']:.12g}" if "low" in document else "",
        "high": f"{document['high']:.12g}" if "high" in document else "",
        "values": "\n".join(levels) if levels else ", ".join(values if len(values) <= 50 else ()),
    }


def _parameter(row: Row, place: str, problems: dict[str, KibanError]) -> dict[str, Any] | None:
    if not any(row[name] for name in ("name", "low", "high", "unit", "values")):
        return None
    kind = row["kind"]
    document: dict[str, Any] = {"kind": kind, "name": row["name"]}
    n_before = len(problems)
    if kind == "categorical":
        document["levels"] = _words(row["values"])
    elif kind == "discrete":
        numbers = [_field(problems, f"{place}.values", number_in, text) for text in _numbers(row["values"])]
        document |= {"values": sorted({n for n in numbers if n is not None}), "unit": row["unit"]}
    else:
        for end in ("low", "high"):
            document[end] = _field(problems, f"{place}.{end}", _whole if kind == "integer" else _needed, row[end])
        document["unit"] = row["unit"]
        if kind == "continuous" and row["resolution"]:
            document["resolution"] = _field(problems, f"{place}.resolution", number_in, row["resolution"])
    if len(problems) > n_before:
        return None
    space_from_json({"parameters": [document]})
    return document


def _objective(builder: Builder) -> tuple[dict[str, Any], dict[str, float]]:
    """The objective as a document, and what is good enough of each target."""
    targets: list[dict[str, Any]] = []
    limits: list[dict[str, Any]] = []
    enough: dict[str, float] = {}
    weights: list[float] = []
    named = [row for row in builder.outcomes if row["goal"] not in {"", "limit"} and row["name"]]
    is_weighed = builder.head["way"] == "weighted" and len(named) > 1
    names: list[str] = []
    for i, row in enumerate(builder.outcomes):
        place, problems = f"outcomes.{i}", builder.problems
        names.append(row["name"] if row["goal"] else "")
        if not row["goal"] or (not row["name"] and not row["unit"] and len(builder.outcomes) > 1):
            continue
        numbers = {
            name: _field(problems, f"{place}.{name}", number_in, row[name])
            for name in ("value", "low", "high", "enough")
        }
        try:
            if row["goal"] != "limit":
                goal = Goal(row["goal"])
                value = numbers["value"] if goal is Goal.MATCH else None
                scale = _scale(row, place, problems) if is_weighed else {}
                Target(name=row["name"], goal=goal, unit=row["unit"], value=value, **scale)
                targets.append({"name": row["name"], "goal": goal.value, "unit": row["unit"], "value": value, **scale})
                if is_weighed:
                    weights.append(_field(problems, f"{place}.weight", _weight, row["weight"]) or 1.0)
                if numbers["enough"] is not None:
                    enough[row["name"]] = numbers["enough"]
            if row["goal"] == "limit" or numbers["low"] is not None or numbers["high"] is not None:
                ends = {"low": numbers["low"], "high": numbers["high"]}
                OutcomeLimit(name=row["name"], unit=row["unit"], **ends)
                limits.append({"name": row["name"], "unit": row["unit"], **ends})
        except ValueError:
            problems[place] = InvalidValue(f"'{row['goal'][:40]}' is no goal.", mend="Choose one of the list.")
        except KibanError as e:
            problems.setdefault(place, e)
    _check_names(builder, "outcomes", names)
    objective: dict[str, Any] = {"targets": targets, "limits": limits}
    if len(targets) > 1:
        objective["way"] = "weighted" if is_weighed else "pareto"
        objective |= {"weights": weights} if is_weighed else {}
    return objective, enough


def _scale(row: Row, place: str, problems: dict[str, KibanError]) -> dict[str, float]:
    """Between which values a weighed outcome counts; empty where the form does not say it, which is a problem."""
    found = {end: _field(problems, f"{place}.scale_{end}", _end, row[f"scale_{end}"]) for end in ("low", "high")}
    return {end: number for end, number in found.items() if number is not None} if None not in found.values() else {}


def _constraint(row: Row, place: str, problems: dict[str, KibanError]) -> tuple[dict[str, Any], bool] | None:
    kind = row["kind"]
    if not kind:
        return None
    n_before = len(problems)
    document: dict[str, Any]
    if kind == "mixture":
        total = _field(problems, f"{place}.total", number_in, row["total"])
        document = {"kind": kind, "names": _words(row["names"]), "total": 1.0 if total is None else total}
    elif kind == "at most":
        n = _field(problems, f"{place}.n", whole_in, row["n"])
        document = {"kind": kind, "names": _words(row["names"]), "n": n or 0}
    elif kind == "formula":
        ends = {end: _field(problems, f"{place}.{end}", number_in, row[end]) for end in ("low", "high")}
        document = {"kind": "nonlinear", "formula": row["formula"], **ends}
    elif kind == "forbidden":
        document = {
            "kind": kind,
            "combination": [_where(line) for line in row["forbidden"].splitlines() if line.strip()],
        }
    else:
        raise InvalidValue(f"'{kind[:40]}' is no kind of constraint.", mend="Choose one of the list.")
    if len(problems) > n_before:
        return None
    constraint_from_json(document)
    return document, row["safety"] == "on"


def _where(line: str) -> dict[str, Any]:
    """`solvent = ethanol, oil` or `temperature = 350 .. 500`."""
    name, equals, said = (part.strip() for part in unicodedata.normalize("NFKC", line).partition("="))
    if not equals or not said:
        raise InvalidValue(
            f"'{line.strip()[:80]}' is no condition.",
            mend="Write it like solvent = ethanol, or temperature = 350 .. 500.",
        )
    ends = _WHERE.fullmatch(said)
    if ends is None:
        return {"name": name, "levels": _words(said)}
    return {"name": name, "low": number_in(ends["low"] or ""), "high": number_in(ends["high"] or "")}


def _check_names(builder: Builder, part: str, names: list[str]) -> None:
    for i, name in enumerate(names):
        if name and name in names[:i]:
            builder.problems.setdefault(
                f"{part}.{i}", InvalidValue(f"'{name[:80]}' stands there twice.", mend="Name each once.")
            )


def _needed(text: str) -> float:
    number = number_in(text)
    if number is None:
        raise InvalidValue("A number is missing.", mend="Give the smallest and the largest value that can be set.")
    return number


def _end(text: str) -> float:
    number = number_in(text)
    if number is None:
        raise InvalidValue(
            "A number is missing.",
            mend="Say between which values the outcome counts: the worse is worth 0, the better 1.",
        )
    return number


def _weight(text: str) -> float:
    number = number_in(text)
    if number is None:
        return 1.0
    if number <= 0:
        raise InvalidValue(
            f"The weight '{text[:40]}' is not more than 0.", mend="Give a positive number, or leave it out."
        )
    return number


def _whole(text: str) -> int:
    number = _needed(text)
    if number != int(number):
        raise InvalidValue(
            f"'{text[:60]}' is no whole number.", mend="Give a whole number, or make the parameter any number."
        )
    return int(number)


def _seed(text: str) -> int:
    number = number_in(text) or 0.0
    if number != int(number) or not 0 <= number < 2**31:
        raise InvalidValue(f"The seed '{text[:40]}' is no whole number from 0.", mend="Leave it at 0, or give another.")
    return int(number)


def _first(text: str) -> int:
    number = number_in(text) or 0.0
    if number != int(number) or not 0 <= number <= 100:
        raise InvalidValue(f"'{text[:40]}' is no whole number from 0 to 100.", mend="Give how many to begin with.")
    return int(number)


def _words(text: str) -> list[str]:
    """By lines, where there are several; else by commas."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    parts = lines if len(lines) > 1 else re.split(r"[,、，]", text)
    return [part.strip() for part in parts if part.strip()]


def _numbers(text: str) -> list[str]:
    return [part for part in re.split(r"[,、，;\s]+", text) if part]
