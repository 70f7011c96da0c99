"use strict";
// Draws the charts of the page: colours from the style sheet, one zoom for all charts over time, lines to switch off.
(() => {
  const read = (id) => document.getElementById(id).textContent;
  const arrays = JSON.parse(read("arrays"));
  const charts = JSON.parse(read("charts"), (_, value) => (value && value.$ !== undefined ? arrays[value.$] : value));
  const root = document.documentElement;
  const color = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();
  const drawn = [];
  let full = null; // the whole span, [first, last] in ms
  let isFollowing = false;

  const palette = (layout) => {
    const wanted = { "font.color": color("muted"), "hoverlabel.bgcolor": color("card"), "hoverlabel.bordercolor": color("edge"),
      "hoverlabel.font.color": color("ink") };
    for (const axis of Object.keys(layout).filter((key) => /^[xy]axis/.test(key))) {
      if (layout[axis].showgrid !== false) wanted[axis + ".gridcolor"] = color("grid");
      wanted[axis + ".linecolor"] = color("edge");
    }
    return wanted;
  };
  const put = (target, path, value) => {
    const keys = path.split(".");
    const last = keys.pop();
    keys.reduce((table, key) => (table[key] ??= {}), target)[last] = value;
  };
  const outlined = (data) => data.flatMap((trace, index) => (trace.mode === "markers" && trace.marker.line ? [index] : []));
  const repaint = () => drawn.forEach((chart) => {
    const rimmed = outlined(chart.data);
    if (rimmed.length) Plotly.restyle(chart, { "marker.line.color": color("card") }, rimmed);
    Plotly.relayout(chart, palette(chart.layout));
  });

  const background = new Set(["range", "anchor", "break-even"]); // drawn, but no reason to squeeze the rest
  // What of a chart lies in a span decides its vertical scale, since only the time axis is zoomed by hand.
  const fit = (chart, span) => {
    if (!chart.layout.meta || !chart.layout.meta.fits) return {};
    if (!span) return { "yaxis.autorange": true };
    let low = Infinity;
    let high = -Infinity;
    for (const trace of chart._fullData) {
      if (trace.visible !== true || !trace.x || background.has(trace.legendgroup || trace.name)) continue;
      const from = Math.max(0, lowerBound(trace.x, span[0]) - (trace.mode === "markers" ? 0 : 1));
      const to = Math.min(trace.x.length, lowerBound(trace.x, span[1]));
      for (let index = from; index < to; index++) {
        const value = trace.y[index];
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (!(low <= high)) return {};
    const margin = 0.06 * (high - low) || Math.abs(high) * 1e-4 || 1;
    return { "yaxis.range": [low - margin, high + margin], "yaxis.autorange": false };
  };
  const lowerBound = (sorted, value) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const ms = (when) => (typeof when === "number" ? when : Date.parse(String(when).replace(" ", "T") + "Z"));
  const overTime = () => drawn.filter((chart) => chart.layout.meta && chart.layout.meta.overTime);
  const show = (span) => {
    isFollowing = true;
    Promise.all(overTime().map((chart) =>
      Plotly.relayout(chart, { "xaxis.range": span || full, "xaxis.autorange": false, ...fit(chart, span) })
    )).finally(() => { isFollowing = false; });
  };
  const current = () => overTime()[0].layout.xaxis.range.map(ms);
  const follow = (chart) => chart.on("plotly_relayout", (change) => {
    if (isFollowing) return;
    if (change["xaxis.autorange"]) show(null);
    else if (change["xaxis.range[0]"] !== undefined) show([ms(change["xaxis.range[0]"]), ms(change["xaxis.range[1]"])]);
  });

  const swatch = (trace) => {
    const marker = trace.mode === "markers" || !trace.line;
    const shade = marker ? trace.marker.color : trace.fill === "tonexty" ? trace.fillcolor : trace.line.color;
    const dash = { dash: "5 3", dot: "2 2" }[trace.line && trace.line.dash] || "none";
    const shape = !marker ? `<path d="M0 7H18" stroke-width="2.5" stroke-dasharray="${dash}" stroke="${shade}"/>`
      : trace.type === "bar" ? `<path d="M2 3h14v8H2z" fill="${shade}"/>`
      : trace.marker.symbol === "circle" ? `<circle cx="9" cy="7" r="3.5" fill="${shade}"/>`
      : `<path d="${trace.marker.symbol === "triangle-up" ? "M9 2l6 10H3z" : "M9 12L3 2h12z"}" fill="${shade}"/>`;
    return `<svg width="18" height="14" aria-hidden="true">${shape}</svg>`;
  };
  const chips = (chart, place) => {
    const groups = new Map();
    chart.data.forEach((trace, index) => {
      const key = trace.legendgroup || trace.name;
      if (!key) return;
      if (!groups.has(key)) groups.set(key, { trace, name: trace.meta || trace.name, indices: [] });
      groups.get(key).indices.push(index);
    });
    if (groups.size < 2) return;
    for (const { trace, name, indices } of groups.values()) {
      const chip = document.createElement("button");
      chip.innerHTML = swatch(trace);
      chip.append(name);
      chip.setAttribute("aria-pressed", "true");
      chip.title = "Show or hide";
      chip.onclick = () => {
        const isOn = chip.getAttribute("aria-pressed") === "true";
        chip.setAttribute("aria-pressed", String(!isOn));
        Plotly.restyle(chart, { visible: !isOn }, indices);
      };
      place.append(chip);
    }
  };

  const isTouch = matchMedia("(pointer: coarse)").matches;
  const config = { displayModeBar: false, displaylogo: false, doubleClick: "autosize" };
  const draw = async ({ slug, data, layout }) => {
    const place = document.getElementById("chart-" + slug);
    for (const [path, value] of Object.entries(palette(layout))) put(layout, path, value);
    for (const index of outlined(data)) data[index].marker.line.color = color("card");
    if (isTouch) layout.dragmode = false; // a finger scrolls the page; the buttons zoom
    if (innerWidth < 760 && layout.hovermode === "x unified" && data.length > 4) layout.hovermode = "closest";
    const chart = await Plotly.newPlot(place, data, layout, config);
    drawn.push(chart);
    let width = place.clientWidth;
    new ResizeObserver(() => {
      if (place.clientWidth === width) return;
      width = place.clientWidth;
      Plotly.relayout(chart, { width });
    }).observe(place);
    chips(chart, place.parentElement.querySelector(".chips"));
    if (layout.meta && layout.meta.overTime) follow(chart);
  };

  const zoomBy = (factor) => {
    const [from, to] = current();
    const half = (0.5 * (to - from)) * factor;
    const centre = 0.5 * (from + to);
    show([Math.max(full[0], centre - half), Math.min(full[1], centre + half)]);
  };
  const moveBy = (share) => {
    const [from, to] = current();
    const way = Math.max(full[0] - from, Math.min(full[1] - to, share * (to - from)));
    show([from + way, to + way]);
  };
  const actions = { in: () => zoomBy(0.5), out: () => zoomBy(2), back: () => moveBy(-0.5), on: () => moveBy(0.5), all: () => show(null) };
  for (const button of document.querySelectorAll("[data-zoom]")) button.onclick = actions[button.dataset.zoom];

  const search = document.getElementById("search");
  const onlyChanged = document.getElementById("only-changed");
  const sift = () => {
    const wanted = search.value.trim().toLowerCase();
    for (const row of document.querySelectorAll(".parameters tbody tr"))
      row.hidden = !row.textContent.toLowerCase().includes(wanted) || (onlyChanged.checked && !row.classList.contains("changed"));
  };
  if (search) search.oninput = onlyChanged.onchange = sift;

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  const onPaper = (isPaper) => {
    if (!matchMedia("(prefers-color-scheme: dark)").matches) return; // paper is light already
    root.classList.toggle("paper", isPaper);
    repaint();
  };
  addEventListener("beforeprint", () => onPaper(true));
  addEventListener("afterprint", () => onPaper(false));

  full = JSON.parse(read("span"));
  charts.reduce((before, chart) => before.then(() => draw(chart)), Promise.resolve())
    .then(() => { root.dataset.drawn = String(drawn.length); });
})();
