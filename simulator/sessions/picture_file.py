"""Progress as one SVG file that stands alone: the small multiples under each other, with their own style."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from simulator.domain.errors import BadInputError, StorageError
from simulator.sessions.pictures import WIDTH, small_multiples
from simulator.sessions.progress import ProgressReport

_HEIGHT = 150
_STYLE = (
    "text{font:14px sans-serif;fill:#333}.name{font-weight:bold}.note{fill:#666}.band{fill:#d8e6d8}"
    ".line{fill:none;stroke:#2a6f97;stroke-width:2}.dot{fill:#2a6f97}.value{fill:#2a6f97}"
)


def write_progress_svg(progress: ProgressReport, target: Path) -> Path:
    """Draw progress over time into one file.

    Raises:
        BadInputError: there is nothing to draw yet.
        StorageError: the file cannot be written.
    """
    drawn = small_multiples(progress.series)
    if not drawn:
        raise BadInputError("There is no progress to draw yet.", "`interview start` begins a session.")
    height = _HEIGHT * len(drawn)
    whole = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height}"})
    SubElement(whole, "style").text = _STYLE
    SubElement(whole, "rect", {"width": str(WIDTH), "height": str(height), "fill": "#fff"})
    for number, each in enumerate(drawn):
        # The picture's own namespace would be written twice.
        each.attrib.pop("xmlns", None)
        each.set("y", str(number * _HEIGHT))
        each.set("width", str(WIDTH))
        each.set("height", str(_HEIGHT))
        whole.append(each)
    try:
        ElementTree(whole).write(target, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror}.", "Choose another place.") from error
    return target
