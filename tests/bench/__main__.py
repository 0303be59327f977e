"""`make bench`: the benchmarks of this folder, one after the other, at small sizes that take a few minutes.

PLUMBLINE_LONG=1 takes the large sizes; ARGS names benchmarks (ARGS="import pages") to run those alone. Other sizes:
`python -m tests.bench.bench_import --help`.
"""

import argparse
import subprocess
import sys

from tests.counts import LONG

SMALL = {
    "import": ["--rows", "100000", "--workbook-rows", "50000", "--rounds", "3"],
    "pages": ["--rounds", "15"],
    "browser": ["--rounds", "3"],
    "recompute": ["--metrics", "100", "1000"],
}
LARGE = {
    "import": ["--rows", "1000000", "--workbook-rows", "100000", "--rounds", "3"],
    "pages": ["--rounds", "100"],
    "browser": ["--rounds", "5"],
    "recompute": ["--metrics", "100", "1000", "10000"],
}


def main() -> int:
    """Run them; the exit code is the worst of theirs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which of {', '.join(SMALL)} (default: all)"
    )
    names = parser.parse_args().names or list(SMALL)
    if unknown := [name for name in names if name not in SMALL]:
        parser.error(f"no benchmark is called {unknown[0]}; there are {', '.join(SMALL)}")
    sizes = LARGE if LONG else SMALL
    commands = [[sys.executable, "-m", f"tests.bench.bench_{name}", *sizes[name]] for name in names]
    return max(subprocess.run(command, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
