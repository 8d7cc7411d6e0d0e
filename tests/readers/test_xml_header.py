"""XML elements as JSON values."""

from __future__ import annotations

from kiban.readers.xml import parse
from kiban.readers.xml_header import as_dictionary, as_json

DOCUMENT = b"""<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<r xmlns="urn:a" xmlns:x="urn:x" kind="scan">
  <!-- said by hand -->
  <name> as written </name>
  <axis x:unit="deg" name="omega"/>
  <axis name="chi">1.5<step>0.1</step></axis>
  <axis/>
  <counts unit="counts">1 2 3</counts>
  <points>4 5 6</points>
  <points>7 8</points>
  <left_out><name>not seen</name></left_out>
  <?note kind="inner"?>
  <!--second-->
</r>"""


def test_every_part_of_an_element_has_its_place() -> None:
    found = as_json(
        parse(DOCUMENT, name="f"), without=frozenset({"left_out"}), without_text=frozenset({"counts", "points"})
    )
    assert found == {
        "@xmlns": "urn:a",
        "@xmlns:x": "urn:x",
        "@kind": "scan",
        "#comment": [" said by hand ", {"@kind": "inner", "#text": 'kind="inner"'}, "second"],
        "name": " as written ",
        "axis": [{"@x:unit": "deg", "@name": "omega"}, {"@name": "chi", "#text": "1.5", "step": "0.1"}, ""],
        "counts": {"@unit": "counts"},
        "points": ["", ""],
    }


def test_a_bare_text_is_a_text() -> None:
    root = parse(b"<r><a> 1 </a></r>", name="f")
    assert as_json(root[0]) == " 1 "
    assert as_dictionary(root[0]) == {"#text": " 1 "}


def test_many_of_one_name_stay_in_order() -> None:
    root = parse(b"<r>" + b"".join(b"<a>%d</a><b/>" % n for n in range(500)) + b"</r>", name="f")
    assert as_json(root) == {"a": [str(n) for n in range(500)], "b": [""] * 500}
