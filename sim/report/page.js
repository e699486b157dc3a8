"use strict";
(async () => {
  const root = document.documentElement;
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const narrow = 660; // width of a chart on paper, px

  const dark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

  // A named colour of the style sheet as it looks in the theme of now.
  const probe = document.body.appendChild(document.createElement("i"));
  const colour = (name, alpha = 1) => {
    probe.style.color = `var(--${name})`;
    const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g);
    return `rgba(${r},${g},${b},${alpha})`;
  };

  const painted = (trace) => {
    const { line, fill, alpha } = trace.meta ?? {};
    return {
      ...trace,
      ...(line && { line: { ...trace.line, color: colour(line, alpha) } }),
      ...(fill && { fillcolor: colour(fill, alpha) }),
    };
  };

  const inked = (layout, size) => ({
    ...layout,
    ...size,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(button).fontFamily, size: 13, color: colour("soft") },
    hoverlabel: { bgcolor: colour("paper"), bordercolor: colour("rule"), font: { color: colour("ink") } },
    xaxis: { ...layout.xaxis, linecolor: colour("rule"), showline: true, ticks: "outside", tickcolor: colour("rule") },
    yaxis: { ...layout.yaxis, gridcolor: colour("rule") },
    shapes: (layout.shapes ?? []).map((shape) => ({ ...shape, fillcolor: colour("shade") })),
  });

  const draw = (size = { autosize: true, width: undefined }) => {
    button.setAttribute("aria-pressed", String(dark()));
    for (const [id, { data, layout }] of Object.entries(charts)) {
      const config = { responsive: true, displayModeBar: false };
      Plotly.react(`chart-${id}`, data.map(painted), inked(layout, size), config);
    }
  };

  const unpacked = async () => {
    const packed = Uint8Array.from(atob(document.getElementById("library").textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };

  const script = document.createElement("script");
  try {
    script.textContent = await unpacked();
  } catch {
    return; // an old browser: the tables remain
  }
  document.head.append(script);
  root.classList.add("charted");
  draw();

  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    draw();
  });
  system.addEventListener("change", () => draw());

  let before;
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.theme = "light";
    draw({ autosize: false, width: narrow });
  });
  addEventListener("afterprint", () => {
    if (before) root.dataset.theme = before;
    else delete root.dataset.theme;
    draw();
  });
  root.dataset.drawn = "1";
})();
