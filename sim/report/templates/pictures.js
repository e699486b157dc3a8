"use strict";
// Pictures: what stands on the page, drawn anew as one SVG of shapes and words, and as a PNG of that.
const pictureOf = (() => {
  const space = "http://www.w3.org/2000/svg";
  const shapes = "g, path, line, rect, circle, ellipse, polygon, polyline, text, tspan";
  const looks = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity", "vector-effect", "font-family", "font-size", "font-weight", "text-anchor", "letter-spacing"];
  const left_out = ".downloads, .sr, .hidden, details, button, input";
  const margin = 16; // px, around all
  const pen = document.createElement("canvas").getContext("2d");

  const made = (name, attributes, text = "") => {
    const element = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, ""); // no XML holds these
    return element;
  };

  // An SVG of the page, with the looks that its style sheet gives it written into it.
  const copied = (svg, x, y, { width, height }) => {
    const copy = svg.cloneNode(true);
    const copies = copy.querySelectorAll(shapes);
    svg.querySelectorAll(shapes).forEach((shape, i) => {
      const style = getComputedStyle(shape);
      copies[i].setAttribute("style", looks.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
    });
    for (const [key, value] of Object.entries({ x, y, width, height, overflow: "visible", class: "" })) copy.setAttribute(key, value);
    copy.removeAttribute("style");
    return copy;
  };

  // The ground of an element, hatched where it is striped, and its edges.
  const grounded = (style, x, y, { width, height }, out) => {
    const dotted = style.backgroundImage.startsWith("radial");
    const striped = (dotted || style.backgroundImage.startsWith("repeating")) && style.backgroundImage.match(/rgba?\([^)]*\)/g);
    let fill = style.backgroundColor;
    if (striped) {
      const id = `hatch-${out.querySelectorAll("pattern").length}`;
      const pattern = made("pattern", { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
      pattern.append(made("rect", { width: 2, height: 5, fill: striped[Number(dotted)] }));
      out.append(pattern);
      fill = `url(#${id})`;
    }
    const radius = style.borderTopLeftRadius;
    const rx = radius.endsWith("%") ? (width * parseFloat(radius)) / 100 : parseFloat(radius);
    if (fill !== "rgba(0, 0, 0, 0)") out.append(made("rect", { x, y, width, height, rx, fill, "fill-opacity": style.opacity }));
    const edges = { Top: [x, y, x + width, y], Bottom: [x, y + height, x + width, y + height], Left: [x, y, x, y + height], Right: [x + width, y, x + width, y + height] };
    for (const [side, [x1, y1, x2, y2]] of Object.entries(edges)) {
      const thick = parseFloat(style[`border${side}Width`]);
      const dashes = style[`border${side}Style`] === "dashed" ? "3 3" : "none";
      if (thick) out.append(made("line", { x1, y1, x2, y2, stroke: style[`border${side}Color`], "stroke-width": thick, "stroke-dasharray": dashes }));
    }
  };

  // The words of a text, a line at a time, where they stand.
  const written = (node, style, dx, dy, out) => {
    const range = document.createRange();
    const lines = [];
    for (const { index, 0: word } of node.data.matchAll(/\S+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const { left, right, top } = range.getBoundingClientRect();
      const line = lines.at(-1);
      if (line && Math.abs(line.top - top) < 2) Object.assign(line, { words: `${line.words} ${word}`, right: Math.max(right, line.right), left: Math.min(left, line.left) });
      else lines.push({ words: word, left, right, top });
    }
    const { fontFamily, fontSize, fontWeight, color, textTransform, letterSpacing } = style;
    pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    const rise = pen.measureText("x").fontBoundingBoxAscent;
    const font = { "font-family": fontFamily, "font-size": fontSize, "font-weight": fontWeight, "letter-spacing": letterSpacing, fill: color };
    for (const { words, left, right, top } of lines) {
      const text = textTransform === "uppercase" ? words.toUpperCase() : words;
      out.append(made("text", { x: left + dx, y: top + rise + dy, textLength: right - left, ...font }, text));
    }
  };

  const draw = (element, dx, dy, out) => {
    const style = getComputedStyle(element);
    if (element.matches(left_out) || !element.getClientRects().length || style.visibility === "hidden") return;
    const box = element.getBoundingClientRect();
    if (element instanceof SVGElement) {
      out.append(copied(element, box.left + dx, box.top + dy, box));
      return;
    }
    grounded(style, box.left + dx, box.top + dy, box, out);
    for (const child of element.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE) draw(child, dx, dy, out);
      else if (child.nodeType === Node.TEXT_NODE) written(child, style, dx, dy, out);
    }
  };

  // All elements where they stand, and below them the labels of a legend; with a title.
  const svg = (title, elements, labels) => {
    const boxes = elements.map((element) => element.getBoundingClientRect());
    const [left, top] = ["left", "top"].map((side) => Math.min(...boxes.map((box) => box[side])) - margin);
    const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...boxes.map((box) => box[side])) + margin);
    const out = made("svg", {});
    out.append(made("title", {}, title), made("rect", { width: "100%", height: "100%", fill: getComputedStyle(document.body).backgroundColor }));
    for (const element of elements) draw(element, -left, -top, out);
    let [x, y, line] = [margin, bottom - top, 0];
    for (const label of labels) {
      const box = label.getBoundingClientRect();
      if (x > margin && x + box.width > right - left) [x, y] = [margin, y + line];
      draw(label, x - box.left, y - box.top, out);
      [x, line] = [x + box.width + margin, box.height];
    }
    const [width, height] = [right - left, y + line + (labels.length ? margin : 0)];
    for (const [key, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) out.setAttribute(key, value);
    return { width, height, text: new XMLSerializer().serializeToString(out) };
  };

  const png = async ({ width, height, text }) => {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  };

  const saved = (blob, name) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  // Two buttons that save such a picture; `labels` are those of the legend at the moment.
  return (title, elements, labels = () => []) => {
    const name = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60).replace(/^-|-$/g, "");
    const buttons = document.createElement("span");
    buttons.className = "downloads";
    for (const kind of ["SVG", "PNG"]) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: kind, ariaLabel: `${kind} of ${title}` });
      button.addEventListener("click", async () => {
        const picture = svg(title, elements, labels());
        const blob = kind === "SVG" ? new Blob([picture.text], { type: "image/svg+xml" }) : await png(picture);
        saved(blob, `${name}.${kind.toLowerCase()}`);
      });
      buttons.append(button);
    }
    return buttons;
  };
})();
