"""Charts as pure functions: values in, a compact Plotly figure or an SVG drawing out. No Django, no clock."""
