"""The sample company: a B2B software firm made from a seed, with a story of drift, or without it.

`world` holds what the seed decides, `catalogue` the metrics, `series` their values, `deliveries` the files in which
those values would have arrived, `goals`, `work` and `budgets` the plan around them. All of these are pure: the same
seed and opening day give the same company on every machine. `loading` alone writes.
"""
