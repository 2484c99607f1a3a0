"""Writes the page about performance and its two plots.

python -m bench.page            from var/bench into var/bench: what this machine has measured
python -m bench.page --publish  the same into docs, with the figures that it was written from
"""

import argparse
import shutil
from pathlib import Path

from bench.page.figures import HERE, PUBLIC, PUBLISHED, kept
from bench.page.text import page, plots

PAGE = "performance.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--publish", action="store_true")
    if parser.parse_args().publish:
        PUBLISHED.mkdir(parents=True, exist_ok=True)
        for name in PUBLIC:
            if (HERE / f"{name}.json").exists():
                shutil.copy(HERE / f"{name}.json", PUBLISHED)
        write(PUBLISHED, PUBLISHED.parent, "pictures")
    else:
        write(HERE, HERE, ".")


def write(figures: Path, target: Path, pictures: str) -> None:
    """The page into `target`, its plots into that folder beside it."""
    found = {name: kept(name, figures) for name in PUBLIC}
    (target / pictures).mkdir(parents=True, exist_ok=True)
    (target / PAGE).write_text(page(found, pictures))
    for name, drawing in plots(found).items():
        (target / pictures / name).write_text(drawing)
    print(target / PAGE)


if __name__ == "__main__":
    main()
