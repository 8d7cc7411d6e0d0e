"""The protocol of an experiment as a page of its own: nothing is fetched, and it prints on one sheet of A4."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from kiban.standards.protocol import Language, Line, Protocol, entry_code, expectation, reason, word
from kiban.standards.qr_svg import qr_svg

_STYLE = """
@page { size: A4; margin: 18mm }
body { font: 11pt/1.5 "Noto Sans", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", sans-serif; max-width: 174mm;
  margin: 1rem auto; padding: 0 1rem; color: #000; background: #fff }
header { display: flex; justify-content: space-between; gap: 1rem; border-bottom: 1px solid #000 }
header svg { flex: none; margin-bottom: .5em } .box + table { margin-top: .8em }
@media (width < 600px) { header { flex-direction: column-reverse } }
h1 { margin: 0 } h2 { font-size: 1.1em; margin: 1.2em 0 .3em }
code { font-family: "IBM Plex Mono", monospace }
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid #000; padding: .3em .6em; text-align: left; font-weight: normal; overflow-wrap: anywhere }
td.value { text-align: right } td.room { width: 35% } .box { border: 1px solid #000; min-height: 3.5em }
dl { margin: .5em 0; display: grid; grid-template-columns: max-content 1fr; gap: 0 1em } dd { margin: 0 }
"""


def protocol_html(protocol: Protocol, *, base_url: str | None, language: Language) -> bytes:
    """Write it. Raises InvalidValue if the address of the platform is none that a code can hold."""
    title = word("title", language, number=protocol.number)
    said = [(word("campaign", language), f"{escape(protocol.campaign)} <code>{escape(protocol.pid)}</code>")]
    said.append((word("sample", language), f"<code>{escape(protocol.sample)}</code>"))
    if why := reason(protocol, language):
        said.append((word("why", language), escape(why)))
    if protocol.note:
        said.append((word("note", language), escape(protocol.note)))
    facts = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in said)
    results = "".join(_results(protocol, language))
    parts = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)} · {escape(protocol.campaign)}</title><style>{_STYLE}</style></head><body>",
        f"<header><div><h1>{escape(title)}</h1><dl>{facts}</dl></div>{qr_svg(entry_code(protocol, base_url))}",
        f"</header><h2>{word('set', language)}</h2><table>{''.join(_settings(protocol.settings))}</table>",
        f'<h2>{word("done", language)}</h2><div class="box"></div>',
        f"<h2>{word('measure', language)}</h2><table>{results}</table>",
        f'<h2>{word("remarks", language)}</h2><div class="box"></div>',
        f'<table><tr><th scope="row">{word("date", language)}</th><td class="room"></td>',
        f'<th scope="row">{word("person", language)}</th><td class="room"></td></tr></table></body></html>\n',
    ]
    return "".join(parts).encode()


def _settings(lines: Iterable[Line]) -> Iterable[str]:
    for each in lines:
        yield f'<tr><th scope="row">{escape(each.name)}</th><td class="value">{escape(each.value)}</td>'
        yield f"<td>{escape(each.unit)}</td></tr>"


def _results(protocol: Protocol, language: Language) -> Iterable[str]:
    for each in protocol.outcomes:
        yield f'<tr><th scope="row">{_named(each)}</th><td class="room"></td>'
        yield f"<td>{escape(expectation(each, language))}</td></tr>"


def _named(line: Line) -> str:
    return escape(f"{line.name} ({line.unit})" if line.unit else line.name)
