"""Requests of OAI-PMH 2.0: what was asked, held against what the protocol allows.

References
----------
C. Lagoze et al.: The Open Archives Initiative Protocol for Metadata Harvesting, version 2.0 (2002, document version
2015-01-08), https://www.openarchives.org/OAI/openarchivesprotocol.html, sections 2.7, 3.1.1.3, 3.5, 3.6 and 4.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kiban.records.harvest import Span

PREFIXES = ("oai_dc", "oai_datacite", "jpcoar_2.0")
_LONGEST = 2000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*", re.ASCII)
_CHARACTER = r"(?:[\w.~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})"
_URI = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?]*:))"
    r"(?:(?!//)|//[\w.-]+(?::\d+)?(?=[/?]|$))"
    rf"(?:{_CHARACTER}|[:/?])*",
    re.ASCII,
)
"""What an identifier has to be (RFC 3986, without fragments, which name parts of a thing)."""
_LIST = (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), True)
_VERBS: dict[str, tuple[frozenset[str], frozenset[str], bool]] = {
    "Identify": (frozenset(), frozenset(), False),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"}), False),
    "ListSets": (frozenset(), frozenset(), True),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset(), False),
}
"""By verb: what must be given, what may be, and whether lists go on with `resumptionToken`."""


class OaiFault(Exception):
    """One of the errors of the protocol, which is an answer like any other."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Where a list goes on: all that is needed to go on stands in it, nothing is kept for it."""

    prefix: str
    span: Span
    after: tuple[datetime, UUID]
    n_before: int
    """How many were given before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OaiRequest:
    """A request that the protocol allows."""

    verb: str
    arguments: tuple[tuple[str, str], ...]
    """As they came, for the answer to repeat."""
    identifier: str | None = None
    prefix: str | None = None
    span: Span = field(default_factory=Span)
    token: Token | None = None


def request_of(given: Iterable[tuple[str, str]]) -> OaiRequest:
    """Read one.

    Raises
    ------
    OaiFault
        With the code that the protocol has for it: `badVerb`, `badArgument`, `badResumptionToken`,
        `cannotDisseminateFormat`.
    """
    pairs = list(given)
    names = [name for name, _ in pairs]
    arguments = dict(pairs)
    verb = arguments.pop("verb", None)
    if names.count("verb") != 1 or verb not in _VERBS:
        raise OaiFault("badVerb", f"The verb must be one of {', '.join(_VERBS)}, once.")
    if len(set(names)) < len(names):
        raise OaiFault("badArgument", "An argument was given twice.")
    if any(len(value) > _LONGEST for value in arguments.values()):
        raise OaiFault("badArgument", f"An argument has more than {_LONGEST} characters.")
    needed, allowed, goes_on = _VERBS[verb]
    request = OaiRequest(verb=verb, arguments=(("verb", verb), *arguments.items()))
    if goes_on and "resumptionToken" in arguments:
        if len(arguments) > 1:
            raise OaiFault("badArgument", "resumptionToken stands alone: all else that was asked for is in it.")
        if verb == "ListSets":
            raise OaiFault("badResumptionToken", "The list of sets comes in one piece.")
        token = token_of(arguments["resumptionToken"])
        return OaiRequest(verb=verb, arguments=request.arguments, prefix=token.prefix, span=token.span, token=token)
    if unknown := sorted(set(arguments) - needed - allowed):
        raise OaiFault("badArgument", f"{verb} takes no argument '{shown(unknown[0])}'.")
    if missing := sorted(needed - set(arguments)):
        raise OaiFault("badArgument", f"{verb} needs {' and '.join(missing)}.")
    prefix, identifier = arguments.get("metadataPrefix"), arguments.get("identifier")
    if identifier is not None and not _URI.fullmatch(identifier):
        raise OaiFault("badArgument", f"An identifier is a URI; '{shown(identifier)}' is none.")
    span = _span(arguments)
    if prefix is not None and prefix not in PREFIXES:
        raise OaiFault("cannotDisseminateFormat", f"Formats are {', '.join(PREFIXES)}.")
    return OaiRequest(verb=verb, arguments=request.arguments, identifier=identifier, prefix=prefix, span=span)


def shown(text: str) -> str:
    """A text of strangers, as XML can hold it."""
    return "".join(c if c.isprintable() else "?" for c in text[:60])


def token_text(token: Token) -> str:
    """Write one: letters that stand in an address as they are."""
    span = token.span
    held = {
        "p": token.prefix,
        "f": stamp(span.since) if span.since else None,
        "u": stamp(span.until) if span.until else None,
        "s": span.of_set,
        "a": stamp(token.after[0]),
        "r": str(token.after[1]),
        "n": token.n_before,
    }
    return base64.urlsafe_b64encode(json.dumps(held, separators=(",", ":")).encode()).decode().rstrip("=")


def token_of(text: str) -> Token:
    """Read one. Raises OaiFault where it was not written here."""
    wrong = OaiFault("badResumptionToken", "This resumptionToken was not given here. Begin the list anew.")
    try:
        held = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        if not isinstance(held, dict) or set(held) != set("pfusarn"):
            raise wrong
        texts = [held[name] for name in "fus" if held[name] is not None] + [held["p"], held["a"], held["r"]]
        if not all(isinstance(each, str) for each in texts) or type(held["n"]) is not int or held["n"] < 1:
            raise wrong
        if held["p"] not in PREFIXES or not 1 <= held["n"] < 2**31:
            raise wrong
        if held["s"] is not None and not _SET.fullmatch(held["s"]):
            raise wrong
        span = Span(since=_second(held["f"]), until=_second(held["u"]), of_set=held["s"])
        at = _second(held["a"])
        if at is None:
            raise wrong
        return Token(prefix=held["p"], span=span, after=(at, UUID(held["r"])), n_before=held["n"])
    except (binascii.Error, ValueError, UnicodeError, RecursionError, OverflowError) as e:
        raise wrong from e


def stamp(moment: datetime) -> str:
    """A moment as the protocol writes it: whole seconds, in UTC."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z"


def _span(arguments: dict[str, Any]) -> Span:
    texts = {name: arguments[name] for name in ("from", "until") if name in arguments}
    kinds = {len(text) for text in texts.values()}
    if len(kinds) > 1:
        raise OaiFault("badArgument", "from and until must have the same granularity.")
    since = _moment("from", texts["from"]) if "from" in texts else None
    until = _moment("until", texts["until"]) if "until" in texts else None
    if until is not None and _DAY.fullmatch(texts["until"]):
        # A day means all of it.
        until = until.replace(hour=23, minute=59, second=59)
    if since is not None and until is not None and since > until:
        raise OaiFault("badArgument", "from is later than until.")
    of_set = arguments.get("set")
    if of_set is not None and not _SET.fullmatch(of_set):
        raise OaiFault("badArgument", "This is not the name of a set.")
    return Span(since=since, until=until, of_set=of_set)


def _moment(name: str, text: str) -> datetime:
    wrong = OaiFault("badArgument", f"{name} is no moment: write 2026-11-27 or 2026-11-27T09:30:00Z.")
    try:
        if _DAY.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        found = _second(text)
    except (ValueError, OverflowError) as e:
        raise wrong from e
    if found is None:
        raise wrong
    return found


def _second(text: str | None) -> datetime | None:
    if text is None:
        return None
    if not _SECOND.fullmatch(text):
        raise ValueError
    return datetime.fromisoformat(text)
