"""What REST takes and answers about saved searches."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from kiban.records.saved_search import LONGEST_NAME, LONGEST_QUESTION
from kiban.web.api.models import HitModel, Model

_QUESTION = 'elements HAS "O" AND hardness > 5 GPa'


class SearchBody(BaseModel):
    """A question to be saved."""

    model_config = ConfigDict(title="NewSavedSearch", extra="forbid")

    name: str = Field(max_length=LONGEST_NAME, description="What it is about.", examples=["Hard oxides"])
    question: str = Field("", max_length=LONGEST_QUESTION, description="As `/search` takes it.", examples=[_QUESTION])
    is_notified: bool = Field(True, description="Whether its new answers are counted on your pages.")


class SearchChangeBody(BaseModel):
    """What is to change of a saved search; the rest stays."""

    model_config = ConfigDict(title="SavedSearchChange", extra="forbid")

    name: str | None = Field(None, max_length=LONGEST_NAME)
    question: str | None = Field(None, max_length=LONGEST_QUESTION, examples=[_QUESTION])
    is_notified: bool | None = None


class SeenBody(BaseModel):
    """What was looked at."""

    model_config = ConfigDict(title="Seen", extra="forbid")

    mark: str | None = Field(
        None, max_length=100, description="`mark` of what was looked at; without one, all that there is now."
    )


class SavedSearchModel(Model):
    """A question under a name."""

    model_config = ConfigDict(title="SavedSearch")

    id: str
    name: str = Field(examples=["Hard oxides"])
    question: str = Field(examples=[_QUESTION])
    is_notified: bool = Field(description="Whether its new answers are counted on your pages.")
    looked_at: datetime = Field(description="What answered and could be seen then is not new.")
    made_at: datetime


class CountedSearchModel(SavedSearchModel):
    """A saved search with the number of its new answers."""

    model_config = ConfigDict(title="CountedSearch")

    n_new: int | None = Field(description="At most 500; null where the question is not understood any more.")
    is_more: bool = Field(description="There may be more: not all were counted.")
    fault: str = Field(description="Why the question is not understood any more; else empty.")


class NewAnswerModel(HitModel):
    """A record that is new in a search."""

    model_config = ConfigDict(title="NewAnswer")

    why: str = Field(
        description="`new`, `changed` (a later version), or `seen` (it was there, but not to be seen).",
        examples=["new"],
    )
    version: int


class NewsModel(Model):
    """What is new in a search."""

    model_config = ConfigDict(title="News")

    search: SavedSearchModel
    answers: list[NewAnswerModel] = Field(description="The last to arrive first.")
    is_more: bool = Field(description="There are more than were asked for.")
    mark: str = Field(description="Give it to `seen` once they have been looked at.")
