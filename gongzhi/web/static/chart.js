/* Draws what parts/chart.html holds as JSON: {kind: line|bar|across|pie|stack, labels, series: [{name, values}], unit}.
   The table under the chart says the same; patterns stand beside colours. */
"use strict";
(function () {
  const token = function (name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); };

  function option(spec) {
    const ink = token("--gz-ink-soft");
    const line = token("--gz-line");
    const size = Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8125);
    const colours = ["#0d6658", "#b5651d", "#2a5478", "#8a8f3a", "#7a4b6e", "#53625f", "#a12a1e"];
    const base = {
      color: colours,
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: size, color: token("--gz-ink") },
      aria: { enabled: true, decal: { show: spec.series.length > 1 && spec.kind !== "line" } },
      /* HTML tooltips set inline styles, which our policy refuses. */
      tooltip: { renderMode: "richText", trigger: spec.kind === "pie" ? "item" : "axis", confine: true },
      legend: spec.series.length > 1 || spec.kind === "pie" ? { bottom: 0, textStyle: { color: ink, fontSize: size } } : undefined,
    };
    if (spec.kind === "pie") {
      const data = spec.labels.map(function (label, place) { return { name: label, value: spec.series[0].values[place] }; });
      return { ...base, series: [{ type: "pie", radius: ["45%", "70%"], center: ["50%", "44%"], data: data, label: { fontSize: size, formatter: "{b} {d}%" } }] };
    }
    const names = { type: "category", data: spec.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink, fontSize: size, hideOverlap: true } };
    const figures = { type: "value", splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink, fontSize: size }, minInterval: spec.whole === false ? undefined : 1 };
    const across = spec.kind === "across";
    if (across) names.inverse = true;
    return {
      ...base,
      grid: { left: 4, right: 20, top: 16, bottom: base.legend ? 36 : 8, containLabel: true },
      xAxis: across ? figures : names,
      yAxis: across ? names : figures,
      series: spec.series.map(function (own) {
        return {
          name: own.name,
          data: own.values,
          type: spec.kind === "line" ? "line" : "bar",
          stack: spec.kind === "stack" ? "all" : undefined,
          symbol: spec.labels.length > 40 ? "none" : "circle",
          symbolSize: 6,
          barMaxWidth: 26,
          itemStyle: { borderRadius: across ? [0, 3, 3, 0] : [3, 3, 0, 0] },
          label: across ? { show: true, position: "right", color: ink, fontSize: size } : undefined,
        };
      }),
    };
  }

  function drawChart(figure) {
    const box = figure.querySelector(".chart-box");
    const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const chart = echarts.getInstanceByDom(box) || echarts.init(box, null, { renderer: "svg" });
    chart.setOption(option(spec));
    new ResizeObserver(function () { chart.resize(); }).observe(box);
  }

  window.gongzhi.drawChart = drawChart;
})();
