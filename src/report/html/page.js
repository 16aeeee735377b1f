"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const palette = ["#3366a8", "#d1752a", "#3b8f5c", "#b23b4e", "#7a5aa6", "#8a6d4b", "#c86fa5", "#6f7a86", "#a59a22", "#2f9fb0"];
  const colour = (index) => palette[index % palette.length];

  // ------------------------------------------------------------------ tables
  const valueOf = (cell) => {
    const text = cell ? cell.textContent.trim() : "";
    const number = parseFloat(text.replace(/[, \u202f]/g, ""));
    return cell && !cell.classList.contains("text") && !Number.isNaN(number) ? number : text;
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === typeof b) return a.localeCompare(b, undefined, { numeric: true });
    return typeof a === "number" ? 1 : -1;
  };
  const sortBy = (table, head, column) => {
    const order = head.getAttribute("aria-sort") === "descending" ? "ascending" : "descending";
    table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", order);
    const body = table.tBodies[0];
    const sign = order === "ascending" ? 1 : -1;
    const rows = [...body.rows].map((row) => [valueOf(row.cells[column]), row]);
    rows.sort((a, b) => sign * compare(a[0], b[0]));
    body.append(...rows.map((pair) => pair[1]));
  };
  document.querySelectorAll("table.sortable").forEach((table) => {
    table.querySelectorAll("thead th").forEach((head, column) => head.addEventListener("click", () => sortBy(table, head, column)));
    table.querySelectorAll("td.share").forEach((cell) => {
      const share = Math.min(100, Math.max(0, parseFloat(cell.textContent) || 0));
      cell.style.background = `linear-gradient(to left, var(--bar) ${share}%, transparent ${share}%)`;
    });
  });

  // ------------------------------------------------------------------- plots
  const points = (series, values) => series.x.map((x, i) => ({ x, y: values[i] }));
  const band = (series, values, fill, index) => ({
    label: "", data: points(series, values), borderWidth: 0, pointRadius: 0, fill,
    backgroundColor: colour(index) + "33", tension: 0,
  });
  const lineSets = (plot) => plot.series.flatMap((series, index) => {
    const sets = [{
      label: series.name, data: points(series, series.y), borderColor: colour(index), backgroundColor: colour(index),
      borderWidth: 2, pointRadius: plot.kind === "points" || series.x.length < 40 ? 3 : 0, showLine: plot.kind === "line",
    }];
    if (series.low.length) sets.push(band(series, series.low, false, index), band(series, series.high, "-1", index));
    return sets;
  });
  const barSets = (plot) => plot.series.map((series, index) => ({ label: series.name, data: series.y, backgroundColor: colour(index) }));
  const drawPlot = (canvas, plot) => {
    const bars = plot.kind === "bars" || plot.kind === "stacked_bars";
    const stacked = plot.kind === "stacked_bars";
    const title = (text) => ({ display: text !== "", text });
    return new Chart(canvas, {
      type: bars ? "bar" : "line",
      data: bars ? { labels: plot.categories, datasets: barSets(plot) } : { datasets: lineSets(plot) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        interaction: { mode: "nearest", intersect: false },
        scales: {
          x: { type: bars ? "category" : plot.x_scale, title: title(plot.x_title), stacked },
          y: { type: plot.y_scale, title: title(plot.y_title), stacked, beginAtZero: plot.y_scale === "linear" },
        },
        plugins: { legend: { display: plot.series.length > 1, labels: { filter: (item) => item.text !== "" } } },
      },
    });
  };

  // ------------------------------------------------------------ flame charts
  const rowHeight = 20;
  class Flame {
    constructor(canvas, chart) {
      this.canvas = canvas;
      this.chart = chart;
      this.tip = canvas.parentElement.querySelector(".tip");
      this.end = chart.spans.reduce((end, span) => Math.max(end, span[3] + span[4]), 0) || 1;
      this.rows = chart.spans.reduce((rows, span) => Math.max(rows, span[5] + 1), 1);
      this.from = 0;
      this.to = this.end;
      this.fillLegend();
      this.listen();
      this.draw();
    }
    fillLegend() {
      const totals = new Map();
      const outer = Math.max(...this.chart.spans.map((span) => span[5]), 0);
      this.chart.spans.filter((span) => span[5] === outer).forEach((span) => totals.set(span[1], (totals.get(span[1]) || 0) + span[4]));
      const legend = this.canvas.closest("figure").querySelector(".legend");
      [...totals].sort((a, b) => b[1] - a[1]).slice(0, 12).forEach(([group]) => {
        const entry = document.createElement("span");
        const box = document.createElement("i");
        box.style.background = colour(group);
        entry.append(box, this.chart.texts[this.chart.groups[group]]);
        legend.append(entry);
      });
    }
    listen() {
      new ResizeObserver(() => this.draw()).observe(this.canvas.parentElement);
      this.canvas.addEventListener("wheel", (event) => {
        event.preventDefault();
        const at = this.timeAt(event.offsetX);
        const factor = Math.exp(Math.sign(event.deltaY) * 0.25);
        this.show(at - (at - this.from) * factor, at + (this.to - at) * factor);
      }, { passive: false });
      this.canvas.addEventListener("dblclick", () => this.show(0, this.end));
      this.canvas.addEventListener("pointermove", (event) => {
        if (event.buttons & 1) {
          const moved = (event.movementX / this.canvas.clientWidth) * (this.to - this.from);
          this.show(this.from - moved, this.to - moved);
        }
        this.point(event);
      });
      this.canvas.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    }
    timeAt(x) { return this.from + (x / this.canvas.clientWidth) * (this.to - this.from); }
    show(from, to) {
      const width = Math.min(this.end, Math.max(to - from, this.end / 1e6));
      this.from = Math.min(Math.max(0, from), this.end - width);
      this.to = this.from + width;
      this.draw();
    }
    point(event) {
      const time = this.timeAt(event.offsetX);
      const depth = Math.floor(event.offsetY / rowHeight);
      const found = this.chart.spans.find((span) => span[5] === depth && span[3] <= time && time <= span[3] + span[4]);
      this.tip.hidden = !found;
      if (!found) return;
      const [name, group, detail] = [this.chart.texts[found[0]], this.chart.texts[this.chart.groups[found[1]]], this.chart.texts[found[2]]];
      this.tip.textContent = `${name}\n${group}, ${found[4].toPrecision(4)} ${this.chart.unit}${detail ? "\n" + detail : ""}`;
      this.tip.style.left = Math.min(event.offsetX + 12, this.canvas.clientWidth - 200) + "px";
      this.tip.style.top = event.offsetY + 16 + "px";
    }
    draw() {
      const width = this.canvas.parentElement.clientWidth;
      const height = this.rows * rowHeight + 18;
      const ratio = window.devicePixelRatio || 1;
      this.canvas.style.height = height + "px";
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      const pen = this.canvas.getContext("2d");
      pen.scale(ratio, ratio);
      pen.font = "11px system-ui, sans-serif";
      pen.textBaseline = "middle";
      const scale = width / (this.to - this.from);
      this.chart.spans.forEach((span) => this.drawSpan(pen, span, scale, width));
      this.drawAxis(pen, scale, height);
    }
    drawSpan(pen, [name, group, , start, duration, depth], scale, width) {
      const left = Math.max(0, (start - this.from) * scale);
      const right = Math.min(width, (start + duration - this.from) * scale);
      if (right <= 0 || left >= width) return;
      const wide = Math.max(right - left, 0.5);
      const top = depth * rowHeight;
      pen.fillStyle = colour(group);
      pen.fillRect(left, top, wide > 3 ? wide - 0.5 : wide, rowHeight - 1);
      if (wide < 24) return;
      pen.save();
      pen.beginPath();
      pen.rect(left, top, wide - 4, rowHeight);
      pen.clip();
      pen.fillStyle = "#fff";
      pen.fillText(this.chart.texts[name], left + 4, top + rowHeight / 2);
      pen.restore();
    }
    drawAxis(pen, scale, height) {
      const rough = (this.to - this.from) / 8;
      const power = 10 ** Math.floor(Math.log10(rough));
      const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) || rough;
      pen.fillStyle = "#667080";
      for (let tick = Math.ceil(this.from / step) * step; tick <= this.to; tick += step) {
        const x = (tick - this.from) * scale;
        pen.fillRect(x, height - 18, 1, 4);
        pen.fillText(`${parseFloat(tick.toPrecision(6))} ${this.chart.unit}`, x + 3, height - 8);
      }
    }
  }

  const plots = [...document.querySelectorAll("canvas[data-plot]")].map((canvas) => drawPlot(canvas, data.plots[canvas.dataset.plot]));
  const flames = [...document.querySelectorAll("canvas[data-flame]")].map((canvas) => new Flame(canvas, data.flames[canvas.dataset.flame]));
  // For whoever opens the page by a program: everything has been drawn.
  document.documentElement.dataset.drawn = String(plots.length + flames.length);
})();
