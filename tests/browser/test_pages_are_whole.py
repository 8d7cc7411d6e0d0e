"""Every page that an owner can come to, in both languages, at the width of a telephone, looked at by a machine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

pytestmark = pytest.mark.browser

_MOST_PAGES = 150
_IDENTIFIER = re.compile(r"kb:[0-9A-Z-]+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}")
_BEGIN = ("/", "/agreements", "/organisations", "/labels", "/samples/new?template=film", "/login")
_REFUSED = {
    "/people": 403,
    "/nothing-here": 404,
    "/records/kb:0000-0000-00": 404,
    "/search?q=kind+%3D%3D": 422,
    "/tier": 422,
}
"""What is answered with a page that says why: these have to be whole as well."""

_ENGLISH = (
    # Names that people and programs have given: of samples, files, projects, companies, licences, labels.
    r" [a-z0-9]+: .*(scan|film|pellet|TiO2|LCO|Lithium|Cycling|SIMULATED|titania|TiN coatings|Calcination)",
    r" [a-z0-9]+: .*(My laboratory|Kiban demonstration |Partner |Simulated Materials Institute)",
    r" option: .*(mm × |MIT: |ODbL|ODC-By|PDDL)",
    r"^/about/readers\? (h3|option|span|p): ",  # formats and makers
    r"^/terms\? td: ",  # synonyms of a term are of both languages, whatever the page's
    r" (p|dd): Simulated for demonstration",
    r" small: 検索式: ",  # what somebody asked
    r" span: .* 根拠： ",  # why somebody judged so
    r" p: README.txt を読み取れる機能がありません",  # the first words of the file
    r"^/records/X\? dd: red, green, blue$",  # metadata of pictures that another test brings into the same home
)
"""Runs of English words that stand on Japanese pages on purpose, with kind of page and element; anything else is a text
that nobody has translated. What says lang="en" has its own list below."""

_SAID_TO_BE_ENGLISH = (
    r"^/about/",  # what readers and REST say of themselves
    r"^/files",  # why a file was, or was not, recognised: the reader's words
    r"^/\?",
    r"^/records/X\?$",  # summaries of analyses
    r"^/records/X/exports\?of",  # what an export leaves out
    r"^/templates/X/edit",  # the English half of a bilingual form
    r"^/agreements/X",  # the acts of the audit log by their keys
)
"""Pages with passages that are marked as English: a browser and a screen reader know them for what they are."""

_GROUPS = (
    "home|access|parties|record|forms|templates|samples|login|account|audit|files|search|exports|rights|terms|"
    "campaigns|campaign|work|acts|bench|builder|protocol"
)
"""What the keys of texts begin with."""

_LOOK = r"""(GROUPS) => {
  const wrong = [], english = [], marked = [];
  const outside = 'code,pre,script,style,svg,.plot,kbd,textarea,template,datalist';
  const run = /[A-Za-z][A-Za-z'’-]*[,;:]?(?:\s+[A-Za-z][A-Za-z'’-]*[,;:]?){2,}/;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, at = node.parentElement;
    if (at.closest(outside) || !run.test(node.textContent)) continue;
    const said = `${at.tagName.toLowerCase()}: ${node.textContent.trim().replace(/\s+/g, ' ').slice(0, 140)}`;
    (at.closest('[lang]').lang === 'en' ? marked : english).push(said);
  }
  for (const box of document.querySelectorAll('input:not([type=hidden]):not([hidden]), select, textarea')) {
    const named = box.labels?.length || box.getAttribute('aria-label') || box.getAttribute('aria-labelledby');
    if (!named && !box.closest('template')) wrong.push(`no label: ${box.outerHTML.slice(0, 120)}`);
  }
  for (const one of document.querySelectorAll('button, a[href]')) {
    const picture = one.querySelector('img[alt]:not([alt=""])');
    const named = one.textContent.trim() || one.getAttribute('aria-label') || picture;
    if (!named) wrong.push(`no name: ${one.outerHTML.slice(0, 120)}`);
  }
  for (const one of document.querySelectorAll('img:not([alt])')) wrong.push(`no alt: ${one.outerHTML.slice(0, 120)}`);
  const heads = document.querySelectorAll('h1').length;
  if (heads !== 1) wrong.push(`${heads} headings of the first rank`);
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) wrong.push(`${scrollWidth - clientWidth} px too wide`);
  const seen = [...document.querySelectorAll('[id]')].map((one) => one.id);
  for (const id of new Set(seen.filter((one, n) => seen.indexOf(one) !== n))) wrong.push(`two elements with id ${id}`);
  const keys = document.body.innerText.match(new RegExp(`\b(${GROUPS})[.][a-z_]{3,}\b`, 'g')) ?? [];
  for (const key of keys) wrong.push(`a key instead of a text: ${key}`);
  if (!document.title.trim()) wrong.push('no title');
  const links = [...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href'));
  return { wrong, english, marked, links, lang: document.documentElement.lang };
}"""


def shape(path: str) -> str:
    """What pages of one kind have in common."""
    parts = urlsplit(path)
    plain = _IDENTIFIER.sub("X", parts.path)
    plain = re.sub(r"^/terms/[^/]+", "/terms/T", plain)
    plain = re.sub(r"/experiments/[0-9]+", "/experiments/N", plain)
    return f"{plain}?{'&'.join(sorted({key for key, _ in parse_qsl(parts.query) if key != 'lang'}))}"


def most_of(kind: str) -> int:
    """How many pages of a kind are looked at: records differ most."""
    return 6 if kind == "/records/X?" else 1


@pytest.fixture(name="owner", scope="module")
def _owner(demo: dict[str, Any]) -> dict[str, str]:
    origin = demo["address"].rstrip("/")
    answer = httpx.post(demo["logins"]["owner"], headers={"origin": origin}, timeout=90)
    return {"name": "kiban_session", "value": answer.cookies["kiban_session"], "url": origin}


def crawl(page: Any, address: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Each page with what is wrong on it."""
    queue = [*_REFUSED, *_BEGIN]
    known, looked = set(queue), Counter[str]()
    while queue and sum(looked.values()) < _MOST_PAGES:
        path = queue.pop(0)
        kind = shape(path)
        if path not in _REFUSED and looked[kind] >= most_of(kind):
            continue
        looked[kind] += 1
        answer = page.goto(address + path.removeprefix("/"))
        found = page.evaluate(_LOOK, _GROUPS)
        yield path, answer.status, found
        for link in found["links"]:
            target = (urlsplit(path).path + link if link.startswith("?") else link).partition("#")[0]
            is_page = target.startswith("/") and not target.startswith(("/api/", "/static/", "//"))
            is_file = target.endswith((".xlsx", "/export", "/protocol.pdf")) or target.startswith(
                ("/audit/export", "/labels.pdf")
            )
            if is_page and not is_file and "lang=" not in target and target not in known:
                known.add(target)
                queue.append(target)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_page_is_whole(chromium: Any, address: str, owner: dict[str, str], language: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 900}, locale=language)
    context.add_cookies([owner])
    page = context.new_page()
    page.set_default_timeout(90_000)
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    failures, n_pages = [], 0
    for path, status, found in crawl(page, address):
        n_pages += 1
        expected = _REFUSED.get(path, 200)
        wrong = list(found["wrong"])
        if status != expected:
            wrong.append(f"status {status}, not {expected}")
        if found["lang"] != language:
            wrong.append(f"language {found['lang']}")
        # That a page was refused, the browser tells its console by itself.
        wrong += [text for text in said if expected == 200 or "Failed to load resource" not in text]
        said.clear()
        if language == "ja":
            kind = shape(page.url.removeprefix(address.rstrip("/")))
            wrong += [
                f"English: {text}"
                for text in found["english"]
                if not any(re.search(each, f"{kind} {text}") for each in _ENGLISH)
            ]
            if not any(re.search(each, kind) for each in _SAID_TO_BE_ENGLISH):
                wrong += [f"marked as English: {text}" for text in found["marked"]]
        failures += [f"{path}: {each}" for each in dict.fromkeys(wrong)]
    context.close()
    assert not failures, "\n".join(failures)
    assert n_pages > 50
