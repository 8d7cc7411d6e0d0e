"""Every deed that reads what is not open leaves one line; a new one that forgets it fails here."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path
from uuid import UUID

import pytest

import kiban.operations
from kiban.operations.audited import reads, saw
from kiban.operations.deposit import deposit
from kiban.operations.export import export, offers
from kiban.operations.fetch_file import fetch_file
from kiban.operations.find import Facet, find
from kiban.operations.home import home
from kiban.operations.labels import Chosen, labels
from kiban.operations.list_files import list_files
from kiban.operations.normalised_file import normalised_file
from kiban.operations.numbers_of import numbers_of
from kiban.operations.placement import Placement
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.provenance import provenance
from kiban.operations.read_record import current
from kiban.operations.show import show
from kiban.operations.table import table
from kiban.records.parties.right import Role
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.provenance import Direction
from kiban.records.scope import Tier

_READING = {
    *("get", "get_many", "get_versions", "versions", "find", "count", "count_by_scope", "facets", "links", "walk"),
    *("narrowing", "ranked", "count_about", "entry_names"),
    *("facts", "compositions", "files", "records_of_file", "events", "arrived", "count_arrived"),
    *("nearest", "likenesses"),
}
"""Methods of the catalog that give something away."""

_WRITE = {
    # Each ends in a transaction whose events are its lines.
    "describe_measurement", "deposit", "deposit_flight", "deposit_sample", "extend_process", "import_rde",
    "import_rde_program", "import_template", "judge_export", "keep_data_set", "kept_files", "migrate_records",
    "processes", "project_record", "projects", "reread", "rescope", "restore_version", "samples",
    "state_composition", "standard_structures", "take_template", "watch", "change_tier", "invite",
    "experiments_matched", "experiments_structure", "past_experiments", "withdraw_experiments",
    "manage_project", "share_project", "directory_changes", "releases", "first_operator", "state_rights", "datasets",
    "campaigns", "campaign_files", "run_campaign", "tell_file",
}  # fmt: skip
"""Modules whose deeds write: what they read, they read to write, and their lines say what was done to what."""
_PARTS = {
    "changed_records": "other deeds are made of it; `read_record` is what shows a record",
    "campaign_records": "parts of deeds on campaigns",
    "campaign_archive.check_named": "part of deeds that write; shows nothing of what it looks up",
    "earlier_campaigns": "part of `studies_for`, which says what was read",
    "earlier_tables": "part of `studies_for`, which says what was read",
    "chosen": "chooses what a tier is changed of; the change is a line",
    "embargoes": "how many records an embargo holds, for members of the project; the end itself is an event",
    "data_sets": "part of `export`",
    "harvest.bring_up_to_date": "sees what is open to everybody alone",
    "export_dataset.exportable": "part of `exportable_for`, and of harvests, which see what is open alone",
    "publish_dataset.freeze_dataset": "writes",
    "publish_dataset.publish_dataset": "writes",
    "publish_dataset.withdraw_dataset": "writes",
    "graph_export": "part of `export`",
    "names_in_questions": "part of understanding a question",
    "stream_records.allowed_now": "part of streams; it says what they will give",
    "stream_records.pages": "part of streams, which have said so before",
    "similar.look_up": "part of understanding a question; says what it saw to the deed that asks it",
    "find.hits": "dresses records that a deed has come upon",
    "references": "says whether a record is there, of what was written in a form",
    "template_preview.records_of": "part of `preview`, which says what it saw",
    "terms.own_terms": "part of understanding a question",
    "terms.vocabulary_of": "part of understanding a question",
    "templates.all_templates": "part of deeds that say what they told of them",
    "settings_of": "part of `table`, and says what it saw",
    "templates.revised": "part of deeds that write",
    "templates.template_named": "part of deeds that write",
    "link_sample.link_sample": "writes",
    "templates.revise_template": "writes",
    "terms.add_term": "writes",
    "weigh_change": "numbers of records that a steward's change would touch",
    "verify": "looks for damage and gives names of damaged files to the person at the machine",
    "fill_spreadsheet": "checks and keeps rows; what is kept are events",
}


def _functions():
    """Every public function that takes an asker first, with its module."""
    for info in pkgutil.iter_modules(kiban.operations.__path__):
        module = importlib.import_module(f"kiban.operations.{info.name}")
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        helpers = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for node in helpers.values():
            if not node.name.startswith("_") and any(argument.arg == "asker" for argument in node.args.args):
                yield info.name, node, helpers, getattr(module, node.name)


def _reads_catalog(node, helpers, seen=()):
    """Whether a function asks the catalog for something, itself or through a helper beside it."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call):
            continue
        if isinstance(call.func, ast.Attribute) and call.func.attr in _READING and "catalog" in ast.unparse(call.func):
            return True
        name = ast.unparse(call.func)
        is_helper = name.startswith("_") and name in helpers and name not in seen
        if is_helper and _reads_catalog(helpers[name], helpers, (*seen, name)):
            return True
    return False


def test_every_operation_that_reads_leaves_a_line_or_says_why_not():
    forgotten = [
        f"{module}.{node.name}"
        for module, node, helpers, deed in _functions()
        if _reads_catalog(node, helpers)
        and not hasattr(deed, "audited_as")
        and module not in _WRITE
        and not {module, f"{module}.{node.name}"} & _PARTS.keys()
    ]
    assert forgotten == [], "mark them with @reads and say with saw() what they came upon, or say here why not"


def test_every_marked_operation_says_what_it_came_upon():
    """A deed that is marked and says nothing would never leave a line."""
    silent = [
        f"{module}.{node.name}"
        for module, node, helpers, deed in _functions()
        if hasattr(deed, "audited_as") and not _says(node, helpers) and f"{module}.{node.name}" not in _OF_OPEN
    ]
    assert silent == []


def _says(node, helpers, seen=()):
    """Whether a function calls `saw` or a deed that does, itself or through a helper beside it."""
    names = {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
    if names & {"saw", *_SAYING}:
        return True
    beside = [name for name in names if name.startswith("_") and name in helpers and name not in seen]
    return any(_says(helpers[name], helpers, (*seen, name)) for name in beside)


_OF_OPEN = {"harvest.harvest_sets", "harvest.harvest_begins"}
"""Marked, and made of nothing but what is open to everybody, of which no line is written."""
_SAYING = ("get_template", "template_named", "labels", "allowed_now")


@pytest.fixture(name="steward")
def _steward():
    return Asker(party="ann", roles={FIRST_PROJECT: Role.STEWARD}, project=FIRST_PROJECT, address="192.0.2.5")


@pytest.fixture(name="made")
def _made(resources, steward, inbox):
    """A closed measurement with its file, and an open one; the lines of making them are left out of `lines`."""
    (inbox / "closed.xy").write_text("# wavelength 1.5406\n10 1\n11 5\n12 2\n13 1\n")
    (inbox / "open.xy").write_text("# wavelength 1.5406\n20 1\n21 5\n22 2\n23 1\n")
    found = {}
    for tier in (Tier.CLOSED, Tier.OPEN):
        [outcome] = deposit(steward, resources, [inbox / f"{tier.value}.xy"], placement=Placement(tier=tier))
        found[tier] = outcome
    return found


def lines(resources, since):
    return [entry for _, entry in resources.audit.read(after=since)]


def _deeds(pid, checksum):
    return {
        "read record": lambda a, r: show(a, r, pid),
        "read record (bare)": lambda a, r: current(a, r, pid),
        "read record (offers)": lambda a, r: offers(a, r, pid),
        "read numbers": lambda a, r: numbers_of(a, r, pid),
        "read numbers (file)": lambda a, r: normalised_file(a, r, pid)[1].close(),
        "downloaded file": lambda a, r: fetch_file(a, r, checksum)[1].close(),
        "exported": lambda a, r: export(a, r, pid, "nexus"),
        "exported (graph)": lambda a, r: export(a, r, pid, "prov"),
        "read provenance": lambda a, r: provenance(a, r, pid, direction=Direction.BACK),
        "read labels": lambda a, r: labels(a, r, Chosen(identifiers=[pid])),
    }


@pytest.mark.parametrize("deed", list(_deeds("", "")))
def test_a_deed_leaves_one_line_of_what_is_closed_and_none_of_what_is_open(resources, steward, made, deed):
    for tier, n_lines in ((Tier.CLOSED, 1), (Tier.OPEN, 0)):
        outcome = made[tier]
        pid, checksum = outcome.measurement, outcome.sha256
        since = resources.audit.tail().number
        _deeds(pid, checksum)[deed](steward, resources)
        found = lines(resources, since)
        assert len(found) == n_lines, (tier, found)
        if found:
            [line] = found
            assert line.act == deed.partition(" (")[0]
            assert (line.actor, line.address, line.rule) == ("ann", "192.0.2.5", "project_member")
            assert line.subject == (checksum if deed == "downloaded file" else pid)
            assert "closed" not in str(dict(line.details))


def test_a_search_is_one_line_with_the_question_and_what_it_touched(resources, steward, made):
    since = resources.audit.tail().number
    find(steward, resources, 'kind = "measurement"', facets=[Facet.TECHNIQUE, Facet.SAMPLE])
    [line] = lines(resources, since)
    assert (line.act, dict(line.details)) == ("searched", {"question": 'kind = "measurement"', "n": 2})
    closed = {s.number for s in resources.catalog.scopes() if s.tier is Tier.CLOSED}
    assert set(line.scopes) <= closed


def test_tables_lists_and_the_first_page_are_one_line_each(resources, steward, made):
    for act, deed in {
        "table made": lambda: table(steward, resources, 'kind = "measurement"'),
        "listed files": lambda: list_files(steward, resources),
        "read overview": lambda: home(steward, resources),
    }.items():
        since = resources.audit.tail().number
        deed()
        assert [line.act for line in lines(resources, since)] == [act]


def test_the_public_leaves_no_line(resources, made):
    since = resources.audit.tail().number
    find(ANONYMOUS, resources, "")
    home(ANONYMOUS, resources)
    table(ANONYMOUS, resources, "")
    list_files(ANONYMOUS, resources)
    assert lines(resources, since) == []


def test_a_deed_that_fails_leaves_no_line_and_the_next_one_does(resources, steward, made):
    @reads("tried")
    def fails(asker, resources, is_to_fail):
        saw(scopes=[s.number for s in resources.catalog.scopes()])
        if is_to_fail:
            raise ValueError("as told")

    since = resources.audit.tail().number
    with pytest.raises(ValueError, match="as told"):
        fails(steward, resources, True)
    fails(steward, resources, False)
    assert [line.act for line in lines(resources, since)] == ["tried"]


def test_what_a_name_or_note_says_is_not_in_the_lines_of_writing(resources, steward, made):
    everything = str(lines(resources, 0))
    assert "closed.xy" not in everything
    assert "wavelength" not in everything
    assert isinstance(FIRST_PROJECT, UUID)


@pytest.mark.parametrize("deed", [find, table, home])
def test_a_deed_that_is_soon_over_asks_once_which_scopes_there_are(resources, steward, made, monkeypatch, deed):
    """All of it rests on one state of what may be seen, and the next deed on the one of then."""
    asked = []
    catalog = type(resources.catalog)
    scopes = catalog.scopes
    monkeypatch.setattr(catalog, "scopes", lambda self: asked.append(self) or scopes(self))
    text = () if deed is home else ("film OR hardness > 1 GPa",)
    for n in (1, 2):
        deed(steward, resources, *text)
        assert len(asked) == n
