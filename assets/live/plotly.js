// Plotly, loaded once for all, and its layouts in the colours of the page.

const root = new URL("../../", import.meta.url); // of the app: assets/live/ is two folders down
let loaded = null;

export function loadPlotly() {
  loaded ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("vendor/plotly.min.js", root);
    script.onload = () => resolve(window.Plotly);
    script.onerror = reject;
    document.head.append(script);
  });
  return loaded;
}

export function themed(element) {
  const style = getComputedStyle(element);
  const text = style.getPropertyValue("--st-text-color").trim() || "#31333f";
  const line = style.getPropertyValue("--st-border-color").trim() || "rgba(128,128,128,.25)";
  const back = style.getPropertyValue("--st-secondary-background-color").trim() || "#fff";
  return (layout) => {
    const axes = Object.fromEntries(
      Object.keys(layout).filter((name) => /^[xy]axis/.test(name))
        .map((name) => [name, { ...layout[name], gridcolor: line, linecolor: line }]),
    );
    return {
      ...layout, ...axes, template: {}, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: text, size: 12, family: style.fontFamily },
      hoverlabel: { bgcolor: back, font: { color: text } },
    };
  };
}
