"""Ask for the values of a template's fields on the terminal, one after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiban.errors import KibanError
from kiban.records.field import Field, FieldKind, Need
from kiban.records.field_text import text_of
from kiban.records.field_value import value_of
from kiban.records.template import Template

Read = Callable[[str], str]
Say = Callable[[str], None]

_WORDS = {
    "en": {
        "required": "required",
        "recommended": "recommended",
        "needed": "It must be filled in.",
        "another": "another row (empty line: no more)",
        "row": "row",
        "several": "several, an empty line ends",
        "truth": "yes or no",
        "date": "like 2026-11-26",
        "reference": "identifier",
        "file": "SHA-256 of a deposited file",
        "term": "IRI",
        "skip": "Fill in this group? [y/N]",
        "yes": ("y", "yes"),
    },
    "ja": {
        "required": "必須",
        "recommended": "推奨",
        "needed": "入力が必要です。",
        "another": "次の行（空行で終わり）",
        "row": "行",
        "several": "複数可、空行で終わり",
        "truth": "はい／いいえ",
        "date": "例 2026-11-26",
        "reference": "識別子",
        "file": "登録済みファイルのSHA-256",
        "term": "IRI",
        "skip": "このグループに入力しますか? [y/N]",
        "yes": ("y", "yes", "はい"),
    },
}


def ask(template: Template, language: str = "en", *, read: Read = input, say: Say | None = None) -> dict[str, Any]:
    """Ask for each field; what cannot be used is told, and asked for again.

    An empty answer leaves a field out, or takes its default. Several values and the rows of a table end with an empty
    answer. Ctrl-C and the end of the input stop as everywhere (KeyboardInterrupt, EOFError).

    Parameters
    ----------
    read : callable
        Shows a prompt and gives the line that was typed.
    say : callable, optional
        Shows a line; on standard error unless given.

    Returns
    -------
    dict
        Sound values by key, as a document holds them.
    """
    asking = _Asking(language, read, say or (lambda line: print(line, file=sys.stderr)))
    return asking.fields(template.fields, "")


class _Asking:
    def __init__(self, language: str, read: Read, say: Say) -> None:
        self._language = language
        self._words: dict[str, Any] = _WORDS["ja" if language == "ja" else "en"]
        self._read = read
        self._say = say

    def fields(self, fields: tuple[Field, ...], indent: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for each in fields:
            value = self._field(each, indent)
            if value not in (None, [], {}):
                values[each.key] = value
        return values

    def _field(self, field: Field, indent: str) -> Any:
        if field.kind in {FieldKind.TABLE, FieldKind.GROUP}:
            self._say(f"{indent}{self._label(field)}{self._about(field)}")
            return self._rows(field, indent) if _is_list(field) else self._group(field, indent)
        if not field.many:
            return self._one(field, indent, is_needed=field.need is Need.REQUIRED)
        values: list[Any] = []
        while True:
            is_needed = field.need is Need.REQUIRED and not values
            value = self._one(replace(field, default=None), indent, is_needed=is_needed)
            if value is None:
                return values
            values.append(value)

    def _group(self, field: Field, indent: str) -> dict[str, Any]:
        if field.need is not Need.REQUIRED and any(part.need is Need.REQUIRED for part in field.fields):
            answer = self._read(f"{indent}  {self._words['skip']} ")
            if answer.strip().lower() not in self._words["yes"]:
                return {}
        return self.fields(field.fields, f"{indent}  ")

    def _rows(self, field: Field, indent: str) -> list[dict[str, Any]]:
        """Rows until one is begun with an empty answer."""
        rows: list[dict[str, Any]] = []
        first, rest = field.fields[0], field.fields[1:]
        while True:
            self._say(f"{indent}  {self._words['row']} {len(rows) + 1}: {self._words['another']}")
            is_first = field.need is Need.REQUIRED and not rows
            if first.kind in {FieldKind.TABLE, FieldKind.GROUP}:
                begun = self._field(first, f"{indent}  ")
            else:
                begun = self._one(replace(first, default=None), f"{indent}  ", is_needed=is_first)
            if begun in (None, [], {}):
                return rows
            rows.append({first.key: begun, **self.fields(rest, f"{indent}  ")})

    def _one(self, field: Field, indent: str, *, is_needed: bool) -> Any:
        default = text_of(field, field.default) if field.default is not None else ""
        prompt = f"{indent}{self._label(field)}{self._about(field)}{f' [{default}]' if default else ''}: "
        while True:
            typed = self._read(prompt).strip() or default
            if not typed:
                if not is_needed:
                    return None
                self._say(f"{indent}  {self._words['needed']}")
                continue
            try:
                return value_of(field, typed)
            except KibanError as e:
                self._say(f"{indent}  {e.fault} {e.mend}")

    def _label(self, field: Field) -> str:
        return field.label.in_language(self._language) or field.key

    def _about(self, field: Field) -> str:
        parts = [field.unit]
        if field.kind is FieldKind.CHOICE:
            parts.append("/".join(option.key for option in field.options))
        parts.append(str(self._words.get(field.kind.value, "")))
        if field.many and field.kind is not FieldKind.TABLE:
            parts.append(str(self._words["several"]))
        if field.need is not Need.OPTIONAL:
            parts.append(str(self._words[field.need.value]))
        shown = ", ".join(part for part in parts if part)
        return f" ({shown})" if shown else ""


def _is_list(field: Field) -> bool:
    return field.many or field.kind is FieldKind.TABLE
