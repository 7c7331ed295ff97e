// The framework's own words in Chinese: Streamlit has no language setting, so its texts are put into Chinese as they appear.
(() => {
  "use strict";

  // A negative figure in a table on canvas has the sign that it has everywhere else (−0.32), not the hyphen of a code.
  const draw = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    return draw.call(this, /^-[\d,.]+%?$/.test(text) ? `−${text.slice(1)}` : text, ...place);
  };

  // Rows of words.csv, which the server puts before this script: text → Chinese; `{}` stands for a value in both.
  const WORDS = new Map(PILOT_WORDS.filter(([text]) => !text.includes("{}")));
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const withValues = PILOT_WORDS.filter(([text]) => text.includes("{}")).map(([text, said]) =>
    [new RegExp(`^${text.split("{}").map(escaped).join("(.+?)")}$`), said]);

  // Texts with a value in them.
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  const month = MONTHS.join("|");
  const UNITS = {"": "字节", K: "KB", M: "MB", G: "GB", T: "TB"};
  const perFile = (all, size, unit, kinds) =>
    `每个文件不超过${size}${UNITS[unit]}` + (kinds ? `，${kinds.split(/,\s*/).join("、")}` : "");
  const PATTERNS = [
    [/^(?:Limit )?([\d.]+)\s?([KMGT]?)B per file(?:\s*[•·]\s*(.*))?$/, perFile],
    [/^File must be ([\d.]+)\s?([KMGT]?)B or smaller\.?$/, (all, size, unit) => `文件不能超过${size}${UNITS[unit]}`],
    [/^(\d+) options? available\.(.*)$/, "共$1项可选。"],
    [/^Choose date, (.+)$/, (all, value) => `选择日期，${chinese(value) ?? value}`],
    [/^year, (.+)$/, "年，$1"],
    [/^month, (.+)$/, (all, value) => `月，${chinese(value) ?? value}`],
    [/^day, (.+)$/, "日，$1"],
    [/^Showing page (\d+) of (\d+)$/, "第$1页，共$2页"],
    [/^(\d+) of (\d+) results?$/, "第$1个，共$2个"],
    [/^(\d+) results?$/, "共$1个"],
    [/^Selected (?!Date|Range)(.+)\. (.+)$/, "已选$1"],
    [/^(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, )?MONTH (\d{1,2}), (\d{4})(.*)$/,
      (all, name, day, year, rest) => `${year}年${MONTHS.indexOf(name) + 1}月${day}日` + (rest.trim() ? "（已选）" : "")],
    [/^MONTH (\d{4})$/, (all, name, year) => `${year}年${MONTHS.indexOf(name) + 1}月`],
    [/^MONTH$/, (all, name) => `${MONTHS.indexOf(name) + 1}月`],
  ].map(([pattern, said]) => [new RegExp(pattern.source.replace("MONTH", `(${month})`)), said]);
  // A word of the framework's before what the project calls a thing: `Add row: 评分表`.
  const NAMED = /^([^:]+): (.+)$/;
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
  // What the project itself wrote stays as it is: data, code and typed text are never words of the framework.
  const OWN = "[data-testid='stMarkdownContainer'], [data-testid='stHtml'], [data-testid='stText']," +
    " textarea, script, style, [data-testid='stSelectboxVirtualDropdown'] li";

  const UPLOADER = "[data-testid='stFileUploader'] button";  // its label is set like the project's own texts

  function chinese(text) {
    const trimmed = text.trim();
    if (!/[A-Za-z]/.test(trimmed) || trimmed.length > 120) return null;
    const known = WORDS.get(trimmed);
    if (known) return known;
    for (const [pattern, said] of PATTERNS) if (pattern.test(trimmed)) return trimmed.replace(pattern, said);
    const named = NAMED.exec(trimmed);
    if (named && WORDS.has(named[1])) return `${WORDS.get(named[1])}：${chinese(named[2]) ?? named[2]}`;
    for (const [pattern, said] of withValues) {
      const values = pattern.exec(trimmed);
      if (!values) continue;
      let place = 0;
      return said.replace(/\{\}/g, () => { const value = values[++place]; return chinese(value) ?? value; });
    }
    return null;
  }

  function translateText(node) {
    const place = node.parentElement;
    if (!place || (place.closest(OWN) && !place.closest(UPLOADER))) return;
    const said = chinese(node.data);
    if (said !== null && said !== node.data) node.data = said;
  }

  function translateAttributes(element) {
    for (const name of ATTRIBUTES) {
      const said = element.hasAttribute(name) ? chinese(element.getAttribute(name)) : null;
      if (said !== null) element.setAttribute(name, said);
    }
  }

  function translate(root) {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    translateAttributes(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walker.nextNode()) {
      if (walker.currentNode.nodeType === Node.TEXT_NODE) translateText(walker.currentNode);
      else translateAttributes(walker.currentNode);
    }
  }

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") translateText(change.target);
      else if (change.type === "attributes") translateAttributes(change.target);
      else change.addedNodes.forEach(translate);
    }
  }).observe(document.documentElement, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
})();
