"""Write the fictional valley from the command line: python -m demo.valley TARGET [--scale S] [--seed N]."""

import argparse
from pathlib import Path

from demo.valley import write_valley


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.valley", description=main.__doc__)
    parser.add_argument("target", type=Path, help="file to write: .osm.pbf or .osm")
    parser.add_argument("--scale", type=float, default=1.0, help="size: 0.25 is about 1,000 junctions, 250 a million")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another valley")
    chosen = parser.parse_args()
    write_valley(chosen.target, scale=chosen.scale, seed=chosen.seed)


if __name__ == "__main__":
    main()
