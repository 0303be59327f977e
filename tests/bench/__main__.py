"""`make bench`: every benchmark of this folder, one after the other; ARGS go to each."""

import subprocess
import sys
from pathlib import Path

codes = [
    subprocess.run([sys.executable, "-m", f"tests.bench.{file.stem}", *sys.argv[1:]], check=False).returncode
    for file in sorted(Path(__file__).parent.glob("bench_*.py"))
]
sys.exit(max(codes, default=1))
