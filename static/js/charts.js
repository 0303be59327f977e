// Draws the figures that came with the page in the place of their drawings, in the colours of the style sheet.
"use strict";

(() => {
  const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false, showTips: false };
  const token = /^var\((--[a-z0-9-]+)\)$/;

  /** A copy of the figure with the tokens under colour keys replaced by what they are now. User text stays as it is. */
  const painted = (value, styles, isColour = false) => {
    if (Array.isArray(value)) return value.map((part) => painted(part, styles, isColour));
    if (value && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, painted(part, styles, /color(scale)?$/.test(key))]),
      );
    }
    const named = isColour && typeof value === "string" ? token.exec(value) : null;
    return named ? styles.getPropertyValue(named[1]).trim() : value;
  };

  /** What all our charts share; a figure carries only what is its own. */
  const withHouseStyle = (layout, styles, family) => {
    const soft = styles.getPropertyValue("--ink-soft").trim();
    const grid = styles.getPropertyValue("--grid").trim();
    const surface = styles.getPropertyValue("--surface").trim();
    return {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      showlegend: false,
      dragmode: false,
      hovermode: "x",
      hoverlabel: { bgcolor: surface, bordercolor: soft, font: { family, size: 13 } },
      margin: { l: 0, r: 0, t: 26, b: 26 },
      font: { family, size: 12, color: soft },
      ...layout,
      xaxis: {
        showgrid: false, zeroline: false, fixedrange: true, ticks: "", tickangle: 0, ticklabelposition: "outside right",
        ...layout.xaxis,
      },
      yaxis: {
        gridcolor: grid, zeroline: false, fixedrange: true, ticks: "", ticklabelposition: "inside top",
        tickfont: { color: soft, family, size: 12 },
        ...layout.yaxis,
      },
    };
  };

  /** As many labels of the time axis as there is room for: every second, third, ... of them. */
  const thinned = (axis, width) => {
    const room = Math.max(2, Math.floor(width / 56));
    const stride = Math.ceil((axis.ticktext || []).length / room);
    if (stride <= 1) return axis;
    const year = Math.max(0, axis.ticktext.findIndex((text) => /^\d{4}$/.test(text)));
    const kept = (list) => list.filter((_, index) => index % stride === year % stride);
    return { ...axis, tickvals: kept(axis.tickvals), ticktext: kept(axis.ticktext) };
  };

  const draw = (holder) => {
    const source = document.getElementById(holder.dataset.figure);
    const target = holder.querySelector(".chart-live");
    const figure = JSON.parse(source.textContent);
    const styles = getComputedStyle(holder); // the colours of the theme it stands in
    const family = getComputedStyle(document.body).fontFamily;
    const data = painted(figure.data, styles).map((trace) => ({ hoverinfo: "x+y", ...trace }));
    holder.classList.add("is-live");
    const layout = withHouseStyle(painted(figure.layout, styles), styles, family);
    layout.xaxis = thinned(layout.xaxis, target.clientWidth);
    return window.Plotly.react(target, data, layout, config).then(
      () => holder.setAttribute("data-drawn", "yes"),
      (fault) => {
        holder.classList.remove("is-live");
        throw fault;
      },
    );
  };

  const drawAll = () => document.querySelectorAll("[data-figure]").forEach(draw);

  if (!window.Plotly) return; // the drawings stay
  drawAll();
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return; // a phone's bars come and go without a change of width
    width = window.innerWidth;
    drawAll();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
