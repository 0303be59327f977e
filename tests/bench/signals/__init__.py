"""Error rates, power and delays of the signals against simple rivals: `python -m tests.bench.signals`."""
