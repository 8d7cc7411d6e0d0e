"""What people, projects and agreements are called, for questions that name them; as far as the asker may know."""

from __future__ import annotations

from collections import defaultdict

from kiban.operations.directory_changes import view_of
from kiban.operations.resources import Resources
from kiban.query.named import Names
from kiban.query.question import Comparison, Operator
from kiban.records.party import Asker
from kiban.records.record import RecordKind

OWN = ("me", "自分")
"""What the asker may write for itself."""
_MOST = 1000


def names_for(asker: Asker, resources: Resources) -> Names:
    """Everybody and everything that the asker may name."""
    view = view_of(asker, resources)
    people: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for person in view.people.values():
        people[str(person.id)] += tuple(name for name in (person.name, person.login, person.orcid) if name)
    people[asker.party] += OWN
    projects: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for project in view.projects.values():
        projects[str(project.id)] += (project.name,)
    # Whoever sees something of a project sees its record, or not; who does may name it.
    question = Comparison("kind", Operator.EQUAL, RecordKind.PROJECT.value)
    for record in resources.catalog.find(question, resources.visible(asker), limit=_MOST).records:
        projects[str(record.project)] += (record.title, record.pid)
    agreements = {str(agreement.id): (agreement.name,) for agreement in view.agreements.values()}
    return Names({"owner": people, "created_by": people, "project": projects, "agreement": agreements})
