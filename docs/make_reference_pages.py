"""Write the pages of the reference that follow from the code: readers, analyses, standards, terms, structures, ...

    make docs            (or: python docs/make_reference_pages.py)

`tests/docs` fails when a page is not what this script would write.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import json
import pkgutil
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import kiban.operations
from kiban.analysis.contract import Analysis
from kiban.analysis.run import analyses
from kiban.cli.template_lines import holds
from kiban.compute.listed_readers import ReaderFacts
from kiban.compute.outside_formats import FORMATS
from kiban.compute.reader_list import facts_of
from kiban.plugins import Loaded
from kiban.readers.contract import Reader
from kiban.readers.recognise import readers
from kiban.records.field import Field, walk
from kiban.records.property_term import PROPERTY_TERMS, PropertyTerm
from kiban.records.standard_structures import load, names
from kiban.records.technique import TECHNIQUES, Technique
from kiban.records.technique_terms import CHMO_TERMS
from kiban.records.template import Template
from kiban.standards.contract import DataSetExport, Export
from kiban.standards.dataset_contract import DatasetExport
from kiban.standards.graph_contract import GraphExport
from kiban.standards.installed import data_set_exports, dataset_exports, exports, graph_exports

if TYPE_CHECKING:
    from kiban.operations.resources import Resources

REFERENCE = Path(__file__).resolve().parent / "reference"
_MARK = "<!-- Written by docs/make_reference_pages.py. Change the code, then run `make docs`. -->"
_UNDERLINED = re.compile(r"^(\S[^\n]*)\n-{3,}$", re.MULTILINE)


def pages() -> dict[str, str]:
    """Give the text of every page by its file name."""
    return {
        "readers.md": readers_page(),
        "analyses.md": analyses_page(),
        "standards.md": standards_page(),
        "property-terms.md": property_terms_page(),
        "techniques.md": techniques_page(),
        "structures.md": structures_page(),
        "operations.md": operations_page(),
        "rest.md": rest_page(),
        "client.md": client_page(),
    }


def own_readers() -> list[Reader]:
    """The readers that Kiban brings, in order of their titles; those of other packages are not documented here."""
    ours = [reader for reader in readers() if type(reader).__module__.startswith("kiban.readers.")]
    return sorted(ours, key=lambda reader: reader.title.lower())


def readers_page() -> str:
    """Formats: how they are recognised, what is read, with what uncertainty, what is left out."""
    rows = [
        (
            f"[{facts.title}](#{slug(facts.title)})",
            f"`{facts.name}`",
            ", ".join(facts.makers),
            ", ".join(f"`{suffix}`" for suffix in facts.suffixes),
            facts.recognised.replace("|", "\\|"),
            facts.library or "itself",
            facts.since or "",
        )
        for facts in map(_facts, own_readers())
    ]
    intro = """
A reader turns the bytes of one format into Readings. It is chosen by the content of the file; the suffix is never
proof. The surest claim wins, and `kiban read FILE` says why. Files packed with gzip, bzip2 or xz are unpacked first.
The members of zip and tar archives are read one by one when the archive is deposited.

What no reader recognises is kept as it came. [Write a reader](../how-to/write-a-reader.md) for it.

These are the readers that Kiban brings. What is installed where you are, readers of other packages included, say
`kiban readers`, `/about/readers` and [`GET /api/v1/readers`](rest.md#get-apiv1readers).
"""
    sections = [_reader_section(reader) for reader in own_readers()]
    table = _table(("format", "reader", "makers", "usual suffixes", "recognised", "decoded with", "since"), rows)
    outside = "## With kiban[gpl]", _OUTSIDE, _outside_table()
    return _page("Readers", intro, table, "## By technique", _readers_by_technique(), *sections, *outside)


_OUTSIDE = """
[RosettaSciIO](https://hyperspy.org/rosettasciio/) reads formats of electron microscopes that Kiban does not. It is
under the GNU General Public License; Kiban does not contain it and does not import it. Who wants it installs the
extra into the environment of Kiban:

```sh
pip install 'kiban[gpl]'
```

Then, and only where no reader of Kiban claims a file or can read its variant, a program of its own is started for
that file, behind [the fence](../explanation/what-a-deposit-does.md#the-fence) like all reading. It loads the library
and gives back names, units, arrays and the header as plain data, which are checked like those of any file. The record
says which library read it and in which version. Uncertainties do not come along, and the metadata are fewer than from
readers of Kiban: the header has the rest. A file of these formats inside a packed file (gzip, ...) is not read so.
"""


def _outside_table() -> str:
    rows = [
        (
            reader.title,
            f"`{reader.name}`",
            reader.package,
            ", ".join(f"`{suffix}`" for suffix in reader.suffixes),
            f"{reader.recognised}; one of these suffixes is needed too",
            ", ".join(f"`{key}`" for key in reader.techniques),
        )
        for reader in sorted(FORMATS, key=lambda reader: reader.title.lower())
    ]
    return _table(("format", "named", "library", "suffixes", "recognised", "techniques"), rows)


def _facts(reader: Reader) -> ReaderFacts:
    return facts_of(Loaded(plugin=reader))


def _readers_by_technique() -> str:
    """Which formats give each technique; a maker's own before those that anybody writes."""
    rows = []
    for technique in TECHNIQUES.values():
        giving = [reader for reader in own_readers() if technique.key in reader.techniques]
        if giving:
            giving.sort(key=lambda reader: reader.techniques.index(technique.key) > 0)
            named = ", ".join(f"[{reader.title}](#{slug(reader.title)})" for reader in giving)
            rows.append((f"{technique.en} (`{technique.key}`)", named))
    return _table(("technique", "read from"), rows)


def _reader_section(reader: Reader) -> str:
    documentation = inspect.getdoc(inspect.getmodule(type(reader))) or ""
    text = _UNDERLINED.sub(r"### \1\n", documentation)
    techniques = ", ".join(f"`{key}`" for key in reader.techniques)
    makers = f"Makers: {', '.join(reader.makers)}. " if reader.makers else ""
    listed = _facts(reader)
    by = f"Decoded with {listed.library}. " if listed.library else ""
    facts = f"Reader `{reader.name}`, version {reader.version}, since Kiban {listed.since}. {by}{makers}"
    return f"## {reader.title}\n\n{facts}Techniques: {techniques}.\n\n{text}\n"


def own_analyses() -> list[Analysis]:
    """The analyses that Kiban brings, in order of their titles."""
    ours = [analysis for analysis in analyses() if type(analysis).__module__.startswith("kiban.analysis.")]
    return sorted(ours, key=lambda analysis: analysis.title.lower())


def analyses_page() -> str:
    """What is worked out of a Reading."""
    intro = """
An analysis takes a Reading and says what follows from it: [properties](property-terms.md) with unit, uncertainty and
condition, and a table of all features. All that apply run when a file is deposited. Where one cannot do its work, the
file is deposited all the same, and the record of the measurement holds the reason as a doubt.
"""
    rows = [
        (f"[{a.title}](#{slug(a.title)})", f"`{a.name}`", ", ".join(f"`{key}`" for key in a.techniques))
        for a in own_analyses()
    ]
    table = _table(("analysis", "name", "techniques"), rows)
    return _page("Analyses", intro, table, *map(_analysis_section, own_analyses()))


def _analysis_section(analysis: Analysis) -> str:
    documentation = inspect.getdoc(inspect.getmodule(type(analysis))) or ""
    options = ", ".join(f"`{name}`" for name in analysis.options) or "none"
    facts = f"Analysis `{analysis.name}`, version {analysis.version}. Options (from Python only): {options}."
    return f"## {analysis.title}\n\n{facts}\n\n{documentation}\n"


def own_exports() -> list[Export | DataSetExport | GraphExport | DatasetExport]:
    """The exports that Kiban brings, in order of their titles."""
    every: list[Export | DataSetExport | GraphExport | DatasetExport] = [
        *exports(),
        *data_set_exports(),
        *graph_exports(),
        *dataset_exports(),
    ]
    ours = [export for export in every if type(export).__module__.startswith("kiban.standards.")]
    return sorted(ours, key=lambda export: export.title.lower())


def standards_page() -> str:
    """What records can be exported as."""
    intro = """
A measurement can be exported as one file of a standard, with `kiban export`, over REST or from its page; see [export
a measurement](../how-to/export-a-measurement.md). Standards for provenance take samples and processes too, each with
all it rests on and all that came of it; see [follow a value](../how-to/follow-a-value.md). Data sets have standards
of their own, with `kiban dataset export`; see [publish a data set](../how-to/publish-a-data-set.md). No standard has
a place for everything. What a file cannot carry is told with it, sentence by sentence.
"""
    rows = [
        (f"[{e.title}](#{slug(e.title)})", f"`{e.name}`", f"`{e.suffix}`", f"`{e.media_type}`") for e in own_exports()
    ]
    table = _table(("standard", "`--as`", "suffix", "media type"), rows)
    return _page("Standards", intro, table, *map(_export_section, own_exports()))


def _export_section(export: Export | DataSetExport | GraphExport | DatasetExport) -> str:
    documentation = inspect.getdoc(inspect.getmodule(type(export))) or ""
    text = _UNDERLINED.sub(r"### \1\n", documentation)
    return f"## {export.title}\n\n{text}\n"


def property_terms_page() -> str:
    """The vocabulary of properties."""
    intro = """
The words for what a claimed value is a value of. Questions, tables and pages use them. A value is kept in the unit in
which it was worked out and, for comparison, in the coherent SI unit of the same dimension. A number without a unit in a
question is taken in the usual unit of its term.

The names in English and Japanese and the other names may be used in questions too: `硬さ >= 5 GPa`, `HV > 300`. The
symbol may not, because several terms share one. A laboratory adds terms of its own, with names and synonyms, and merges
terms that turn out to be the same: a question about either then asks for both, and what is stored stays as it is.

The quantity kind is that of [QUDT](https://www.qudt.org/) (CC BY 4.0), where it has the very same thing.
"""
    rows = [
        (f"`{t.key}`", t.en, t.ja, ", ".join(t.synonyms), t.symbol, _usual_unit(t), _quantity_kind(t))
        for t in PROPERTY_TERMS.values()
    ]
    heads = ("term", "English", "Japanese", "other names", "symbol", "usual unit", "quantity kind")
    notes = [f"- `{t.key}`: {t.description.en}" for t in PROPERTY_TERMS.values() if t.description.en]
    return _page("Property terms", intro, _table(heads, rows), "## Notes\n\n" + "\n".join(notes) + "\n")


def _usual_unit(term: PropertyTerm) -> str:
    return "any" if term.has_any_unit else f"`{term.unit}`" if term.unit else "1"


def _quantity_kind(term: PropertyTerm) -> str:
    return f"[{term.iri.rpartition('/')[2]}]({term.iri})" if term.iri else ""


def techniques_page() -> str:
    """The list of techniques."""
    intro = """
The closed list of what a Reading can be. The key stands in questions (`technique = "xrd"`), JSON and URLs; the labels
in English and Japanese may be used in questions too. A reader that cannot tell gives `spectrum` or `table`.

The term is that of the [Chemical Methods Ontology](https://github.com/rsc-ontologies/rsc-cmo) (CHMO, CC BY 4.0), where
it has the very technique; its address is what [`GET /api/v1/techniques`](rest.md#get-apiv1techniques) calls `iri`.
NeXus is the application definition for it.
"""
    rows = [(f"`{t.key}`", t.en, t.ja, _chmo_term(t), t.nexus or "") for t in TECHNIQUES.values()]
    return _page("Techniques", intro, _table(("key", "English", "Japanese", "term", "NeXus"), rows))


def _chmo_term(technique: Technique) -> str:
    if technique.iri is None:
        return ""
    number, label = CHMO_TERMS[technique.key]
    return f"[CHMO:{number}]({technique.iri}) {label}"


_STRUCTURES = """
The library of data structures that Kiban brings: [templates](../how-to/describe-your-data.md) for samples, processes
(simulation runs among them) and the measurements of each technique that is read from files. `kiban template adopt`
takes one into the project, where it is a template like any other and can be changed. Labels and help are in English and
Japanese; here stand the English ones, `kiban template show NAME --library --language ja` has the others.

`!` before a field: it must be filled in. `+`: it should be. A process has its fields twice, as meant and as done; what
must be filled in must be so as meant.

Terms of samples, processes and choices are those of the
[Chemical Methods Ontology](https://github.com/rsc-ontologies/rsc-cmo) (CHMO, CC BY 4.0) and of the
[PMD core ontology](https://github.com/materialdigital/core-ontology) (PMDco), kinds of quantity those of
[QUDT](https://qudt.org), where these have the very thing; otherwise there is no term.
"""


def structures_page() -> str:
    """The library of structures: what there is, and the fields of each."""
    templates = [load(name) for name in names()]
    parts = []
    for kind in dict.fromkeys(template.applies_to for template in templates):
        here = [template for template in templates if template.applies_to is kind]
        rows = [(_structure_link(t), t.label.ja, f"`{t.name}`", str(len(t.fields)), _term(t.iri)) for t in here]
        parts.append(f"## For a {kind.value}")
        parts.append(_table(("structure", "Japanese", "name", "fields", "term"), rows))
    return _page("Structures", _STRUCTURES, *parts, *map(_structure_section, templates))


def _structure_link(template: Template) -> str:
    return f"[{template.label.en}](#{slug(_structure_heading(template))})"


def _structure_heading(template: Template) -> str:
    return f"{template.label.en} ({template.applies_to.value})"


def _structure_section(template: Template) -> str:
    rows = [
        (
            {"required": "!", "recommended": "+"}.get(field.need.value, ""),
            f"`{'.'.join(path)}`",
            field.label.en,
            _options(field) or holds(field).replace("|", "\\|"),
            " ".join(part for part in (field.help.en, _term(field.iri)) if part).replace("|", "\\|"),
        )
        for path, field in walk(template.fields)
    ]
    heading = f"## {_structure_heading(template)}"
    about = f"`{template.name}`. {template.description.en}"
    return "\n\n".join((heading, about, _table(("", "field", "label", "holds", "means"), rows)))


def _options(field: Field) -> str:
    return ", ".join(f"`{option.key}`{' ' if option.iri else ''}{_term(option.iri)}" for option in field.options)


def _term(iri: str) -> str:
    """A link with the short name of a term."""
    if not iri:
        return ""
    vocabulary, _, name = iri.rpartition("/")
    shown = name.replace("_", ":") if "_" in name else f"{vocabulary.rpartition('/')[2]}:{name}"
    return f"[{shown.replace('quantitykind', 'qudt')}]({iri})"


def operations_page() -> str:
    """What a person can ask for, one line each."""
    intro = """
The deeds: one module of `kiban.operations` for each thing that a person can ask for. The terminal, REST and the pages
call them and nothing below them. Each takes the asker first, so that none can forget
[the access rules](../explanation/access.md).
"""
    deeds, parts = [], []
    for module in _modules():
        asked = list(_deeds(module))
        deeds += [(f"`{_short(module)}`", f"`{name}`", sentence) for name, sentence in asked]
        if not asked:
            parts.append((f"`{_short(module)}`", _first_sentence(module)))
    table = _table(("module", "function", "what it does"), deeds)
    shared = "## What they share\n\n" + _table(("module", "what is in it"), parts)
    return _page("Operations", intro, table, shared)


def _modules() -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(kiban.operations.__path__):
        yield importlib.import_module(f"kiban.operations.{info.name}")


def _deeds(module: ModuleType) -> Iterator[tuple[str, str]]:
    """The public functions that a door calls, each with a sentence."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("_") or function.__module__ != module.__name__:
            continue
        # `read_file` keeps nothing and shows nothing that the caller could not read himself, `list_readers` shows what
        # is installed: they take no asker.
        if name in {"read_file", "list_readers"} or next(iter(inspect.signature(function).parameters), "") == "asker":
            yield name, _first_sentence(module if name == _short(module) else function)


def _short(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _first_sentence(described: object) -> str:
    text = " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())
    sentence = re.split(r"(?<=\.)\s", text, maxsplit=1)[0]
    return sentence[:1].upper() + sentence[1:]


def client_page() -> str:
    """The classes and methods of the Python client, from their docstrings."""
    from kiban import local
    from kiban.client import campaign, client, depositing, facts, found, numbers, record, table

    intro = """
A platform as Python works with it: `connect` gives a `Client` of one that runs, `open_home` of a home on this machine.
[Use Python](../how-to/use-python.md) shows it at work. The errors are [those of the platform](errors.md).
"""
    shown: list[tuple[str, Any, str]] = [
        ("connect", client.connect, "kiban.client"),
        ("open_home", local.open_home, "kiban.local"),
    ]
    functions = [f"## {name}\n\n`from {place} import {name}`\n\n{_callable(deed)}" for name, deed, place in shown]
    classes = (
        *(client.Client, found.Found, found.Hit, record.RemoteRecord, numbers.Numbers, numbers.Variable),
        *(table.Table, facts.Facts, facts.Fact, depositing.Outcome, record.Provenance, record.Step, record.Edge),
        campaign.RemoteCampaign,
        *(record.Reference, record.FileInfo),
    )
    return _page("Python client", intro, *functions, *map(_class_section, classes))


def _class_section(kind: type) -> str:
    parts = [f"## {kind.__name__}", inspect.getdoc(kind) or ""]
    described = _attribute_texts(kind)
    if described:
        rows = [(f"`{name}`", f"`{is_a}`".replace("|", "\\|"), text) for name, is_a, text in described]
        parts.append(_table(("field", "is", "means"), rows))
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            parts.append(f"### {kind.__name__}.{name}\n\n{inspect.getdoc(member)}")
        elif inspect.isfunction(member):  # class methods make it of an answer, which is the client's own matter
            parts.append(f"### {kind.__name__}.{name}\n\n{_callable(getattr(kind, name))}")
    return "\n\n".join(parts)


def _attribute_texts(kind: type) -> list[tuple[str, str, str]]:
    """The fields of a dataclass with the texts below them."""
    import dataclasses

    if not dataclasses.is_dataclass(kind):
        return []
    below: dict[str, str] = {}
    [body] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    for one, after in itertools.pairwise(cast("ast.ClassDef", body).body):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and isinstance(after, ast.Expr):
            below[one.target.id] = str(ast.literal_eval(after.value))
    return [(f.name, str(f.type), " ".join(below.get(f.name, "").split())) for f in dataclasses.fields(kind)]


def _callable(deed: Any) -> str:
    """A function's signature and what it says of itself, its lists in numpy's style as lists of ours."""
    text = re.sub(r"^(Parameters|Raises|Returns)\n-+\n", r"**\1**\n\n", inspect.getdoc(deed) or "", flags=re.MULTILINE)
    text = re.sub(r"^(\S[^\n]*)\n((?:    [^\n]+\n?)+)", _definition, text, flags=re.MULTILINE)
    return f"```text\n{_signature(deed)}\n```\n\n{text.strip()}"


def _signature(deed: Any) -> str:
    # By hand: how Python writes a signature changes from one version to the next.
    plain = inspect.unwrap(deed)
    shown, has_star = [], False
    for name, parameter in inspect.signature(plain).parameters.items():
        if name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not has_star:
            shown.append("*")
            has_star = True
        stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
        default = parameter.default
        written = "" if default is parameter.empty else f" = {getattr(default, '__name__', None) or repr(default)}"
        shown.append(f"{stars}{name}: {parameter.annotation}{written}")
    gives = plain.__annotations__.get("return", "")
    if plain is not deed and str(gives).startswith("Iterator["):
        gives = f"context manager of {str(gives)[len('Iterator[') : -1]}"
    return f"{plain.__name__}({', '.join(shown)}) -> {gives}"


def _definition(found: re.Match[str]) -> str:
    return f"- `{found[1]}`: {' '.join(found[2].split())}\n"


def rest_page() -> str:
    """The routes of REST, from the OpenAPI document."""
    from kiban.web.application import API, application

    document = application(cast("Resources", None)).openapi()
    schemas = document["components"]["schemas"]
    document = _with_lists_in_place(document, schemas)
    intro = f"""
The same deeds over HTTP, under `{API}`. While `kiban up` or `kiban demo` runs, the OpenAPI document is at
`{API}/openapi.json`. Requests that a page of another site makes are refused, and so are requests
that change something with a session's cookie and without the headers by which a browser says where they come from.
More than [one person or program](settings.md#limits) may send is answered with 429. [What stays](rest-stability.md) is
promised; the [Python client](client.md) speaks it for you.

Errors are `application/problem+json` (RFC 9457). `error` is one of [the names](errors.md); `fault` and `mend` are its
two sentences; `position` says where a question goes wrong, `parameters` which parameters cannot be used.

A request without a token is answered with what is open to everybody, and may change nothing (401). A program shows a
[token](../how-to/let-people-log-in.md#programs). With curl, while the platform runs:

```sh
TOKEN=$(kiban token add operator --name curl --act write --days 30)
curl --data-binary @scan.xrdml -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/octet-stream' \\
    'http://127.0.0.1:8420/api/v1/deposits?name=scan.xrdml'
curl -H "Authorization: Bearer $TOKEN" -G http://127.0.0.1:8420/api/v1/search \\
    --data-urlencode 'q=technique = "xrd" AND d_spacing > 3 angstrom'
curl -H "Authorization: Bearer $TOKEN" -o scan.nxs http://127.0.0.1:8420/api/v1/records/kb:4AZS-ZS9Y-1Z/normalised
curl -H "Authorization: Bearer $TOKEN" -o table.csv -G http://127.0.0.1:8420/api/v1/tables \\
    --data-urlencode 'q=kind = "sample"'
```
"""
    routes = [(verb.upper(), path, route) for path, at in document["paths"].items() for verb, route in at.items()]
    overview = [(f"[`{verb} {path}`](#{slug(_route(verb, path))})", route["summary"]) for verb, path, route in routes]
    schemas = document["components"]["schemas"]
    named = sorted(name for name in _reached(document["paths"], schemas) if name != "Problem")
    return _page(
        "REST",
        intro,
        _table(("route", "does"), overview),
        *(_route_section(verb, path, route) for verb, path, route in routes),
        "## Answers",
        *(_schema_section(name, schemas[name]) for name in named if "properties" in schemas[name]),
    )


def _with_lists_in_place(part: Any, schemas: dict[str, Any]) -> Any:
    """The document with closed lists of words where they are referred to; only objects get sections of their own."""
    if isinstance(part, list):
        return [_with_lists_in_place(inner, schemas) for inner in part]
    if not isinstance(part, dict):
        return part
    named = schemas.get(str(part.get("$ref", "")).rpartition("/")[2], {})
    return named if "enum" in named else {key: _with_lists_in_place(inner, schemas) for key, inner in part.items()}


def _route(verb: str, path: str) -> str:
    return f"{verb} {path}"


def _route_section(verb: str, path: str, route: dict[str, Any]) -> str:
    about = textwrap.fill(_text(route.get("description", route["summary"])), 120)
    parts = [f"## {_route(verb, path)}", about]
    parameters = [
        (f"`{p['name']}`", p["in"], _kind(p["schema"]), _unless_given(p), _cell(p)) for p in route.get("parameters", ())
    ]
    if parameters:
        parts.append(_table(("parameter", "in", "is", "unless given", "means"), parameters))
    bodies = route.get("requestBody", {}).get("content", {})
    for kind, body in bodies.items():
        schema = body.get("schema", {})
        parts.append(f"Body, `{kind}`: {_kind(schema)}{' with' if 'properties' in schema else ''}")
        if "properties" in schema:
            parts.append(_fields(schema))
    parts.append(_table(("status", "means"), [_status(code, said) for code, said in route["responses"].items()]))
    return "\n\n".join(part.strip() for part in parts)


def _unless_given(parameter: dict[str, Any]) -> str:
    default = parameter["schema"].get("default")
    if parameter.get("required"):
        return "needed"
    return "" if default in (None, "") else f"`{json.dumps(default).strip(chr(34))}`"


def _status(code: str, said: dict[str, Any]) -> tuple[str, str]:
    contents = said.get("content", {})
    gives = [
        f"`{kind}`" + (f": {_kind(body['schema'])}" if "schema" in body else "") for kind, body in contents.items()
    ]
    if any("problem" in kind for kind in contents) or not gives:
        return code, said["description"]
    means = "Done" if said["description"] == "Successful Response" else said["description"].removesuffix(".")
    return code, f"{means}. Gives {'; '.join(gives)}."


def _schema_section(name: str, schema: dict[str, Any]) -> str:
    return "\n\n".join(part for part in (f"### {name}", _text(schema.get("description", "")), _fields(schema)) if part)


def _fields(schema: dict[str, Any]) -> str:
    rows = [(f"`{field}`", _kind(shape), _cell(shape)) for field, shape in schema["properties"].items()]
    return _table(("field", "is", "means"), rows)


def _kind(schema: dict[str, Any]) -> str:
    """A JSON schema in a few words, with links to the objects below."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{slug(name)})"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}" if "items" in schema else "list"
    named = {"null": "`null`", "string": "text", "": "anything"}
    if schema.get("format") == "binary":
        return "bytes"
    kind = str(schema.get("type", ""))
    return named.get(kind, kind)


def _reached(part: Any, schemas: dict[str, Any], seen: set[str] | None = None) -> set[str]:
    """The names of the schemas that a part of the document leads to."""
    seen = set() if seen is None else seen
    if isinstance(part, dict):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name in schemas and name not in seen:
            seen.add(name)
            _reached(schemas[name], schemas, seen)
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _reached(inner, schemas, seen)
    return seen


def _cell(described: dict[str, Any]) -> str:
    return _text(described.get("description", "")).replace("|", "\\|")


def _text(text: str) -> str:
    return " ".join(text.split())


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", _MARK, *(part.strip() for part in parts)]) + "\n"


def main() -> None:
    """Write the pages that have changed."""
    for name, text in pages().items():
        path = REFERENCE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stderr.write(f"wrote {name}\n")


if __name__ == "__main__":
    main()
