"""What can go wrong, and what to do about it.

    KibanError
    ├── InvalidValue                a value breaks a rule of its kind
    │   ├── UnknownUnit             a unit that nothing here can read
    │   ├── IncompatibleUnit        a unit of another dimension than the one needed
    │   ├── OutOfRange              a number outside what is physically or formally possible
    │   ├── IllegalMove             a campaign or experiment is not in a state that allows what is to be done with it
    │   ├── InvalidForm             values that break rules in one or more places of a form
    │   └── InvalidIdentifier       an identifier that is misspelt (its check character disagrees)
    ├── UnreadableFile              a file from which no Reading can be made
    │   ├── UnknownFormat           no reader recognises it
    │   ├── NothingMeasured         the file is sound but holds no points
    │   ├── UnsupportedVariant      the format is known, this variant of it is not
    │   ├── DamagedFile             the contents contradict themselves or end too early
    │   ├── HostileFile             it tries something that no instrument file does
    │   └── LimitExceeded           reading it would take more memory, time or output than allowed
    ├── InvalidQuestion             a search that cannot be understood
    ├── RecordNotFound              there is none, or none that the asker may see (the same words for both)
    ├── Refused                     the asker may see it, but may not do this
    │   └── NotLoggedIn             nobody is logged in, or what was shown to log in is not good
    ├── TooManyAttempts             somebody tries to log in too often
    ├── ProviderUnavailable         an identity provider does not answer as it should
    ├── Conflict                    somebody else changed it first
    │   ├── IdentifierTaken         a short identifier that was just drawn is in use: draw another
    │   └── ChangedSince            it is not as the program that wants to change it was shown it
    ├── StorageError
    │   ├── DiskFull                no room to write safely
    │   ├── DamagedObject           stored bytes no longer match their checksum, or are gone
    │   └── DatabaseUnavailable     PostgreSQL does not answer
    ├── TooManyRequests             more than one person or program may ask in a time
    ├── NotReached                  a platform at another address, or a laboratory, does not answer
    │   └── CutShort                its answer ended before it was whole
    ├── NothingAllowed              no point of a search space keeps to its constraints
    ├── EngineFailed                an engine of a campaign broke off
    ├── SpaceTooLarge               listing all points of a search space would take more memory than allowed
    ├── InvalidSetting              a setting that cannot be used
    │   └── NoSuchLaboratory        none of that name is there for campaigns of the project
    ├── BrokenPlugin                an installed plug-in that cannot be loaded and cannot be done without
    ├── MissingExtra                an optional package is needed
    ├── NotExportable               a standard has no place for what was measured
    └── WrongUsage                  a command or request was put together wrongly

Each carries a *fault* (what was expected, what was found, where) and a *mend* (what the person can do now).
"""

from __future__ import annotations


class KibanError(Exception):
    """Something Kiban would not do, and the way out."""

    def __init__(self, fault: str, *, mend: str) -> None:
        super().__init__(f"{fault} {mend}")
        self.fault = fault
        self.mend = mend

    @property
    def name(self) -> str:
        """The error's kind as programs see it: its class name."""
        return type(self).__name__


class InvalidValue(KibanError):
    """A value breaks a rule of its kind."""


class UnknownUnit(InvalidValue):
    """A unit that nothing here can read."""


class IncompatibleUnit(InvalidValue):
    """A unit of another dimension than the one needed."""


class OutOfRange(InvalidValue):
    """A number outside what is physically or formally possible."""


class IllegalMove(InvalidValue):
    """A campaign, or an experiment of it, is not in a state that allows what is to be done with it."""


class InvalidForm(InvalidValue):
    """Values break rules in one or more places of a form; all of them are told."""

    def __init__(self, fault: str, *, mend: str, places: dict[str, str]) -> None:
        super().__init__(fault, mend=mend)
        self.places = places
        """What is wrong in each place; a place is written as `values.steps[1].temperature`, counting from 1."""


class InvalidIdentifier(InvalidValue):
    """An identifier that is misspelt."""


class UnreadableFile(KibanError):
    """A file from which no Reading can be made."""

    reader: str | None = None
    """The reader that had claimed the file, if one had."""


class UnknownFormat(UnreadableFile):
    """No reader recognises the file."""


class NothingMeasured(UnreadableFile):
    """The file is sound but holds no points."""


class UnsupportedVariant(UnreadableFile):
    """The format is known, this variant of it is not."""


class DamagedFile(UnreadableFile):
    """A file's contents contradict its own header, or end too early."""


class HostileFile(UnreadableFile):
    """A file tries something that no instrument file does."""


class LimitExceeded(UnreadableFile):
    """Reading the file would take more memory, time or output than allowed."""


class InvalidQuestion(KibanError):
    """A search that cannot be understood."""

    def __init__(self, fault: str, *, mend: str, position: int | None = None) -> None:
        super().__init__(fault, mend=mend)
        self.position = position
        """Where in the question the trouble starts, counted in characters from 0."""


class RecordNotFound(KibanError):
    """There is no such record, or none that the asker may see."""

    def __init__(self, identifier: str) -> None:
        super().__init__(
            f"There is no record {identifier}.",
            mend="Check the identifier, or search for the record by its sample or file name.",
        )
        self.identifier = identifier


class Refused(KibanError):
    """The asker may not do this."""


class NotLoggedIn(Refused):
    """Nobody is logged in, or what was shown to log in is not good (any more)."""


class TooManyAttempts(KibanError):
    """Somebody tries to log in too often."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = max(1, int(wait_s + 0.999))
        """How long until the next attempt."""
        super().__init__(
            "There were too many attempts to log in.",
            mend=f"Wait {self.wait_s} seconds. If the password is forgotten, an operator gives a link to set one.",
        )


class Conflict(KibanError):
    """Somebody else changed it first."""


class IdentifierTaken(Conflict):
    """A short identifier that was just drawn is in use already; drawing another mends it."""


class ChangedSince(Conflict):
    """What is to be changed is not as it was shown to whoever changes it."""


class StorageError(KibanError):
    """Bytes or records cannot be kept or fetched."""


class DiskFull(StorageError):
    """There is no room to write safely."""


class DamagedObject(StorageError):
    """Stored bytes no longer match their checksum, or are gone."""


class DatabaseUnavailable(StorageError):
    """PostgreSQL does not answer."""


class TooManyRequests(KibanError):
    """More than one person or program may ask in a time."""


class NotReached(KibanError):
    """A platform at another address, or a laboratory, does not answer."""


class CutShort(NotReached):
    """An answer of a platform ended before it was whole; what came of it is not used."""


class ProviderUnavailable(KibanError):
    """An identity provider does not answer as it should."""

    def __init__(self, provider: str, why: str) -> None:
        super().__init__(
            f"{provider} cannot be asked who you are: {why}.",
            mend="Try again in a moment, or log in with a password; operators look at the provider's settings.",
        )


class NothingAllowed(KibanError):
    """No point of a search space keeps to its constraints, or none could be found."""


class EngineFailed(KibanError):
    """An engine of a campaign broke off instead of answering."""


class SpaceTooLarge(KibanError):
    """Listing all points of a search space would take more memory than allowed."""


class InvalidSetting(KibanError):
    """A setting that cannot be used."""


class NoSuchLaboratory(InvalidSetting):
    """The operator has named no laboratory of that name, or not for campaigns of this project."""


class BrokenPlugin(KibanError):
    """An installed plug-in cannot be loaded, and to go on without it would be dangerous."""


class MissingExtra(KibanError):
    """An optional package is needed for this."""

    def __init__(self, purpose: str, *, extra: str) -> None:
        super().__init__(
            f"{purpose} needs the optional packages of kiban[{extra}].",
            mend=f"Install them: pip install 'kiban[{extra}]'.",
        )
        self.extra = extra


class NotExportable(KibanError):
    """A standard has no place for what was measured."""


class WrongUsage(KibanError):
    """A command or request was put together wrongly."""
