// The drawings that came with the page are complete pictures. This puts live figures, which tell each value under the
// pointer, in their place, in the colours of the style sheet: at once where somebody points at, taps or focuses one,
// and by itself for those in view where there is a pointer to point with, when the browser has nothing else to do.
// The bundle that draws them (data-bundle of this script) is not asked for before.
"use strict";

(() => {
  const { bundle: bundleAddress, bundleStyle: styleAddress } = document.currentScript.dataset;
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

  /** A file of the bundle as part of the page; told when it stands there. */
  const added = (element) =>
    new Promise((done, failed) => {
      element.addEventListener("load", done);
      element.addEventListener("error", () => {
        element.remove();
        failed(new Error(`${element.src || element.href} did not come`));
      });
      document.head.append(element);
    });

  let bundle = null;
  /** Plotly and its styles, loaded once; where that failed, the next one who asks tries again. */
  const loaded = () => {
    bundle ??= Promise.all([
      added(
        Object.assign(document.createElement("link"), {
          // Plotly looks for this id and class, and brings no styles of its own where it finds them
          id: "plotly.js-style-global", className: "no-inline-styles", rel: "stylesheet", href: styleAddress,
        }),
      ),
      added(Object.assign(document.createElement("script"), { src: bundleAddress })),
    ]).catch((fault) => {
      bundle = null;
      throw fault;
    });
    return bundle;
  };

  /** The live figure takes the place of the drawing when it is complete; until then it is not seen. */
  const draw = (holder) => {
    const source = document.getElementById(holder.dataset.figure);
    const target = holder.querySelector(".chart-live");
    const figure = JSON.parse(source.textContent);
    const styles = getComputedStyle(holder); // the colours of the theme it stands in
    const family = getComputedStyle(document.body).fontFamily;
    const data = painted(figure.data, styles).map((trace) => ({ hoverinfo: "x+y", ...trace }));
    const layout = withHouseStyle(painted(figure.layout, styles), styles, family);
    layout.xaxis = thinned(layout.xaxis, target.clientWidth);
    return window.Plotly.react(target, data, layout, config).then(() => {
      holder.classList.add("is-live");
      holder.setAttribute("data-drawn", "yes");
    });
  };

  const holders = [...document.querySelectorAll("[data-figure]")];
  const underWay = new Map();
  const pointers = new WeakMap();

  /** Where the pointer rests on a figure that has just come alive, the figure answers as if it had moved there. */
  const answerPointer = (holder) => {
    const place = pointers.get(holder);
    if (!place || !holder.matches(":hover")) return;
    holder
      .querySelector(".chart-live .nsewdrag")
      ?.dispatchEvent(new MouseEvent("mousemove", { ...place, bubbles: true, view: window }));
  };

  /** Makes one chart live, once, whoever asks. Where the bundle does not come, the drawing stays and one may ask again. */
  const makeLive = (holder) => {
    if (!underWay.has(holder)) {
      const draws = () => draw(holder).then(() => answerPointer(holder));
      underWay.set(holder, loaded().then(draws, () => underWay.delete(holder)));
    }
    return underWay.get(holder);
  };

  // Asked for. A finger that scrolls past asks for nothing: a tap is a click, and touch has no other hover.
  const isAsked = (event) => {
    const holder = event.currentTarget;
    pointers.set(holder, { clientX: event.clientX, clientY: event.clientY });
    if (event.pointerType !== "touch" || event.type === "click") makeLive(holder);
  };
  holders.forEach((holder) => {
    ["pointerenter", "pointermove", "click"].forEach((name) => holder.addEventListener(name, isAsked));
    holder.addEventListener("focusin", () => makeLive(holder));
  });

  // By itself: where a mouse can hover, nobody saves data and the line is not slow; one figure to an idle moment.
  const whenIdle = window.requestIdleCallback?.bind(window) ?? ((task) => setTimeout(task, 200));
  const line = navigator.connection;
  const isCheap = !line?.saveData && !["slow-2g", "2g", "3g"].includes(line?.effectiveType);
  const waiting = [];
  let isWorking = false;
  const work = () => {
    if (isWorking || !waiting.length) return;
    isWorking = true;
    whenIdle(() =>
      makeLive(waiting.shift()).finally(() => {
        isWorking = false;
        work();
      }),
    );
  };
  const watch = () => {
    const inView = new IntersectionObserver((changes) => {
      changes.filter((change) => change.isIntersecting).forEach(({ target }) => {
        inView.unobserve(target);
        waiting.push(target);
      });
      work();
    });
    holders.forEach((holder) => inView.observe(holder));
  };
  if (holders.length && isCheap && window.matchMedia("(hover: hover) and (pointer: fine)").matches) {
    if (document.readyState === "complete") watch();
    else window.addEventListener("load", watch);
  }

  // What is live follows the width and the theme.
  const drawAgain = () => document.querySelectorAll("[data-drawn]").forEach(draw);
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return; // a phone's bars come and go without a change of width
    width = window.innerWidth;
    drawAgain();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAgain);
})();
