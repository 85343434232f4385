"""Progress as one SVG file that stands alone: the small multiples under each other, with their own style."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from simulator.domain.errors import BadInputError, StorageError
from simulator.sessions.pictures import WIDTH, histories, small_multiples
from simulator.sessions.progress import ProgressReport

_STYLE = (
    "text{font:14px sans-serif;fill:#333}.name{font-weight:bold}.note{fill:#666}.band{fill:#d8e6d8}"
    ".line{fill:none;stroke:#2a6f97;stroke-width:2}.dot{fill:#2a6f97}.value{fill:#2a6f97}"
    ".held{fill:#1d6b3a}.limit{fill:#9a3412}.open{fill:#666}"
)


def write_progress_svg(progress: ProgressReport, target: Path) -> Path:
    """Draw progress over time into one file.

    Raises:
        BadInputError: there is nothing to draw yet.
        StorageError: the file cannot be written.
    """
    drawn = [*small_multiples(progress.series), *histories(progress)]
    if not drawn:
        raise BadInputError("There is no progress to draw yet.", "`interview start` begins a session.")
    heights = [float(each.attrib["viewBox"].split()[3]) for each in drawn]
    height = sum(heights)
    whole = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height:g}"})
    SubElement(whole, "style").text = _STYLE
    SubElement(whole, "rect", {"width": str(WIDTH), "height": f"{height:g}", "fill": "#fff"})
    at = 0.0
    for each, own in zip(drawn, heights, strict=True):
        # The picture's own namespace would be written twice.
        each.attrib.pop("xmlns", None)
        each.set("y", f"{at:g}")
        at += own
        each.set("width", str(WIDTH))
        each.set("height", f"{own:g}")
        whole.append(each)
    try:
        ElementTree(whole).write(target, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror}.", "Choose another place.") from error
    return target
