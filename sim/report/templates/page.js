"use strict";
(async () => {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const tools = document.querySelector(".tools");
  const legend = document.getElementById("legend");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paper = 660; // width of the page on paper, px

  const dark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

  // Base 85: five letters for four bytes, the first the largest.
  const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";
  const bytes = (text) => {
    const values = new Uint8Array(128);
    for (let i = 0; i < 85; i++) values[LETTERS.charCodeAt(i)] = i;
    const words = new DataView(new ArrayBuffer(4 * Math.ceil(text.length / 5)));
    for (let i = 0; i < text.length; i += 5) {
      let word = 0;
      for (let j = i; j < i + 5; j++) word = 85 * word + (j < text.length ? values[text.charCodeAt(j)] : 84);
      words.setUint32(4 * i / 5, word);
    }
    return new Uint8Array(words.buffer, 0, Math.floor(4 * text.length / 5));
  };

  const unpacked = async (id) => {
    const packed = bytes(document.getElementById(id).textContent);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };

  let numbers;
  try {
    const [library, text] = await Promise.all([unpacked("library"), unpacked("numbers")]);
    numbers = JSON.parse(text);
    const script = document.createElement("script");
    script.textContent = library;
    document.head.append(script);
  } catch {
    return; // an old browser: the tables remain
  }
  root.classList.add("charted");
  performance.mark("page-unpacked");

  // Colours: a name of the style sheet as it looks in the theme of now.
  const probe = document.body.appendChild(document.createElement("i"));
  let known = {};
  const colour = (name, alpha = 1) => {
    if (!(name in known)) {
      probe.style.color = `var(--${name})`;
      known[name] = getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).join();
    }
    return `rgba(${known[name]},${alpha})`;
  };

  // Scenarios: which are shown. More than two fans on each other are mud: bands are then the first one's only.
  const boxes = legend ? [...legend.querySelectorAll("input")] : [];
  const shown = () => boxes.filter((box) => box.checked).map((box) => Number(box.dataset.case));
  const seen = (meta, cases) =>
    meta?.case === undefined || !boxes.length || (cases.includes(meta.case) && !(meta.band && cases.length > 2 && meta.case !== cases[0]));

  // A trace whose rows are scenarios loses those that are not shown.
  const thinned = (trace, cases) => {
    const { rows, hues } = trace.meta ?? {};
    if (!rows || !boxes.length) return trace;
    const kept = (list) => list?.filter((_, i) => rows[i] === null || cases.includes(rows[i]));
    return { ...trace, x: kept(trace.x), y: kept(trace.y), base: kept(trace.base), meta: { ...trace.meta, hues: kept(hues) } };
  };

  const painted = (trace) => {
    const { line, fill, alpha, hues, nodes, links } = trace.meta ?? {};
    return {
      ...trace,
      ...(line && { line: { ...trace.line, color: colour(line, alpha) } }),
      ...(fill && { fillcolor: colour(fill, alpha) }),
      ...(fill && trace.fillpattern && { fillpattern: { ...trace.fillpattern, bgcolor: colour(fill, alpha), fgcolor: colour("paper") } }),
      ...(hues && { marker: { ...trace.marker, color: hues.map((name) => colour(name, alpha)) } }),
      ...(trace.error_x && { error_x: { ...trace.error_x, color: colour("ink") } }),
      ...(nodes && { node: { ...trace.node, color: colour(nodes) }, link: { ...trace.link, color: links.map((name) => colour(name, 0.45)) } }),
    };
  };

  // Room on the left for the words of an axis, or for its numbers.
  const family = getComputedStyle(button).fontFamily;
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `12px ${family}`;
  const numeric = 48; // px
  const room = ({ yaxis }, traces) => {
    const names = yaxis.ticktext ?? (yaxis.type === "category" ? traces.flatMap((trace) => trace.y) : []);
    const lines = new Set(names.flatMap((name) => name.split("<br>")));
    return lines.size ? 8 + Math.max(...[...lines].map((line) => pen.measureText(line).width)) : numeric;
  };

  const inked = (layout, traces, size) => ({
    ...layout,
    ...size,
    margin: { l: room(layout, traces), ...layout.margin },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family, size: 12, color: colour("soft") },
    hoverlabel: { bgcolor: colour("paper"), bordercolor: colour("rule"), font: { color: colour("ink") } },
    xaxis: { ...layout.xaxis, tickangle: 0, gridcolor: colour("rule"), zerolinecolor: colour("soft"), linecolor: colour("rule"), showline: true, ticks: "outside", tickcolor: colour("rule") },
    yaxis: { ...layout.yaxis, gridcolor: colour("rule") },
    shapes: (layout.shapes ?? []).map((shape) => ({ ...shape, fillcolor: colour("shade") })),
  });

  // Drawing: what is in sight first, the rest when there is time, a few at a stretch.
  const stretch = 100; // ms
  const charts = Object.keys(numbers).map((id) => document.getElementById(`chart-${id}`));
  charts.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  const stale = new Set();

  const draw = (chart, size = { autosize: true, width: undefined, height: undefined }) => {
    const { data, layout } = numbers[chart.id.slice("chart-".length)];
    const cases = shown();
    const traces = data.filter((trace) => seen(trace.meta, cases)).map((trace) => painted(thinned(trace, cases)));
    Plotly.react(chart, traces, inked(layout, traces, size), { responsive: true, displayModeBar: false });
    stale.delete(chart);
  };

  const folded = (chart) => chart.closest("[hidden], details.part:not([open])");
  const insight = (chart) => {
    const { top, bottom } = chart.getBoundingClientRect();
    return bottom > -200 && top < innerHeight + 400;
  };

  let running = false;
  const pump = () => {
    const began = performance.now();
    while (stale.size && performance.now() < began + stretch) {
      const next = [...stale].find(insight) ?? [...stale][0];
      if (folded(next)) stale.delete(next);
      else draw(next);
    }
    running = stale.size > 0;
    if (running) return setTimeout(pump);
    if (!root.dataset.drawn) performance.mark("page-drawn");
    root.dataset.drawn = "1";
    root.dataset.stale = "0";
  };

  for (const part of document.querySelectorAll("details.part")) {
    part.addEventListener("toggle", () => { if (part.open) redraw(charts.filter((chart) => part.contains(chart))); });
  }
  const unfold = () => {
    const part = location.hash.length > 1 && document.getElementById(location.hash.slice(1))?.closest("details");
    if (part) part.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();

  const copy = document.getElementById("copy");
  copy.addEventListener("click", async () => {
    const text = document.getElementById("brief-text");
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.getElementById("text").open = true;
      text.select();
      return;
    }
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy as text"; }, 1500);
  });
  document.getElementById("print").addEventListener("click", () => print());
  document.getElementById("print-one").addEventListener("click", () => {
    root.classList.add("one-page");
    print();
  });

  // Every figure can be saved; with the legend, where its lines are of several scenarios.
  const labels = () => (legend ? [...legend.querySelectorAll("label:has(:checked)")] : []);
  for (const figure of document.querySelectorAll("figure")) {
    const shown = [...figure.children].filter((child) => !child.matches("details"));
    figure.querySelector("figcaption").prepend(pictureOf(figure.querySelector("h3").textContent, shown, labels));
  }
  for (const section of document.querySelectorAll(".brief .two > section:has(svg, .m)")) {
    section.prepend(pictureOf(section.querySelector("h2").textContent, [...section.children]));
  }
  const key = document.querySelector("#picture + .key");
  const first = [...document.querySelectorAll("header h1, .facts, #picture"), key];
  key.after(pictureOf(document.querySelector("h1").textContent, first));

  const redraw = (which = charts) => {
    root.dataset.stale = "1";
    which.forEach((chart) => stale.add(chart));
    for (const chart of which.filter(insight)) if (!folded(chart)) draw(chart);
    story();
    if (!running) {
      running = true;
      setTimeout(pump);
    }
  };

  // Stories: one at a time, with a timeline made of its list.
  const choice = document.getElementById("story");
  const stories = [...document.querySelectorAll(".story")];
  const story = () => {
    if (!choice || folded(choice)) return;
    for (const each of stories) each.hidden = each.id !== choice.value;
    const events = [...document.querySelectorAll(`#${choice.value} li`)];
    const part = (name) => events.map((event) => event.querySelector(name).textContent);
    const trace = {
      type: "scatter", mode: "markers", x: part("time"), y: part("b"), customdata: part("bdi").map(plain),
      marker: { size: events.map((event) => 8 + 4 * event.dataset.weight), color: colour("case-0", 0.75), line: { width: 0 } },
      hovertemplate: "%{x|%-d %B %Y}  %{customdata}<extra></extra>",
    };
    const axis = { fixedrange: true, zeroline: false };
    const layout = { margin: { r: 12, t: 8, b: 26 }, dragmode: false, xaxis: { ...axis, type: "date", showgrid: false }, yaxis: { ...axis, type: "category", autorange: "reversed" } };
    const timeline = document.getElementById("timeline");
    Plotly.react(timeline, [trace], inked(layout, [trace], {}), { responsive: true, displayModeBar: false });
    timeline.removeAllListeners("plotly_click");
    timeline.on("plotly_click", ({ points: [point] }) => {
      for (const [i, event] of events.entries()) event.classList.toggle("chosen", i === point.pointIndex);
      events[point.pointIndex].scrollIntoView({ block: "center" });
    });
  };
  // plotly reads marks in what it shows; a story has none
  const plain = (text) => text.slice(0, 160).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  if (choice) {
    document.getElementById("story-choice").hidden = false;
    choice.addEventListener("change", story);
  }

  if (legend) {
    legend.hidden = false;
    const show = (wanted) => {
      for (const box of boxes) box.checked = wanted(box);
      toggled();
    };
    const toggled = () => {
      const cases = shown();
      for (const panel of document.querySelectorAll(".panel[data-case]")) panel.hidden = !cases.includes(Number(panel.dataset.case));
      redraw();
    };
    legend.addEventListener("change", toggled);
    document.getElementById("all").addEventListener("click", () => show(() => true));
    document.getElementById("first").addEventListener("click", () => show((box) => box.dataset.case === "0"));
  }

  tools.hidden = false;
  const recolour = () => {
    known = {};
    button.setAttribute("aria-pressed", String(dark()));
    redraw();
  };
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    recolour();
  });
  system.addEventListener("change", recolour);

  const width = (chart) => {
    const pair = chart.closest(".pairs");
    const columns = pair ? 2 : Number(chart.closest(".panels").dataset.columns);
    return { autosize: false, width: (paper - 16 * (columns - 1)) / columns, height: pair ? 220 : chart.clientHeight };
  };
  let before;
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.theme = "light";
    known = {};
    for (const chart of charts) {
      if (folded(chart)) continue;
      Plotly.purge(chart); // streams drawn again would still be moving when the page is printed
      draw(chart, width(chart));
    }
  });
  addEventListener("afterprint", () => {
    if (before) root.dataset.theme = before;
    else delete root.dataset.theme;
    root.classList.remove("one-page");
    recolour();
  });

  recolour();
  performance.mark("page-in-sight");
})();
