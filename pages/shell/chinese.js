// The framework's own words in Chinese: Streamlit has no language setting, so its texts are put into Chinese as they appear.
(() => {
  "use strict";

  const WORDS = new Map(Object.entries({
    "Browse files": "选择文件",
    "Upload": "选择文件",
    "Upload files": "选择文件",
    "Drag and drop file here": "把文件拖到这里",
    "Drag and drop files here": "把文件拖到这里",
    "Drag and drop directories here": "把文件夹拖到这里",
    "Running...": "正在计算……",
    "RUNNING...": "正在计算……",
    "Stop": "停止",
    "Rerun": "重新计算",
    "Always rerun": "自动重新计算",
    "Connecting": "正在连接",
    "CONNECTING": "正在连接",
    "Connection error": "连接中断",
    "Connection lost. Please wait for the app to reconnect, or reload this page.": "连接中断，请稍候自动重连，或刷新本页。",
    "Page not found": "没有这个页面",
    "The page that you have requested does not seem to exist. Running the app's main page.": "所访问的页面不存在，已转到总览。",
    "You have requested page": "所访问的页面",
    "Close": "关闭",
    "Cancel": "取消",
    "Settings": "设置",
    "Print": "打印",
    "No results": "没有相符的选项",
    "No options to select": "没有可选的项",
    "No options to select.": "没有可选的项",
    "Choose an option": "请选择",
    "Choose options": "请选择",
    "Select all": "全选",
    "Select all matches": "全选相符的项",
    "Deselect all": "全部取消",
    "Clear all": "全部清除",
    "Clear value": "清除",
    "Press Enter to apply": "按回车键确认",
    "Press Enter to submit form": "按回车键提交",
    "Press ⌘+Enter to apply": "按⌘+回车键确认",
    "Press Ctrl+Enter to apply": "按Ctrl+回车键确认",
    "Press Ctrl+Enter to submit form": "按Ctrl+回车键提交",
    "Press ⌘+Enter to submit form": "按⌘+回车键提交",
    "Search": "搜索",
    "Fullscreen": "全屏",
    "Close fullscreen": "退出全屏",
    "View fullscreen": "全屏",
    "Exit fullscreen": "退出全屏",
    "Show/hide columns": "显示或隐藏列",
    "Download as CSV": "下载CSV",
    "Add row": "添加一行",
    "Delete row(s)": "删除所选行",
    "Clear selection": "取消选择",
    "Sort ascending": "升序排列",
    "Sort descending": "降序排列",
    "Autosize": "自动列宽",
    "Auto-size": "自动列宽",
    "Pin column": "固定此列",
    "Unpin column": "取消固定",
    "Hide column": "隐藏此列",
    "Format": "格式",
    "Automatic": "自动",
    "Localized": "本地格式",
    "Plain": "原样",
    "Compact": "简写",
    "Dollar": "美元",
    "Euro": "欧元",
    "Yen": "日元",
    "Percent": "百分比",
    "Scientific": "科学计数",
    "Accounting": "会计格式",
    "Bytes": "字节",
    "Distance": "相对时间",
    "Calendar": "日历",
    "Statistics": "统计",
    "Dataframe column menu": "列菜单",
    "Copy column name": "复制列名",
    "Dismiss": "关闭",
    "Choose date": "选择日期",
    "Clear date": "清除日期",
    "Today": "今天",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.": "用方向键移动日期，回车键选定，Esc键关闭。",
    "(index)": "（行号）",
    "Count": "个数",
    "Unique": "不同值",
    "Missing": "缺失",
    "Min": "最小",
    "Max": "最大",
    "Mean": "平均",
    "Median": "中位数",
    "Sum": "合计",
    "Std": "标准差",
    "Std dev": "标准差",
    "text": "文本", "number": "数字", "date": "日期", "datetime": "日期时间", "checkbox": "是否", "progress": "进度",
    "line_chart": "走势", "selectbox": "选项", "list": "列表",
    "No matches": "没有相符的内容",
    "Previous": "上一个",
    "Next": "下一个",
    "Previous result": "上一个结果",
    "Next result": "下一个结果",
    "Previous Result": "上一个结果",
    "Next Result": "下一个结果",
    "Close search": "关闭搜索",
    "Close Search": "关闭搜索",
    "Type to search": "输入要找的内容",
    "Copy to clipboard": "复制",
    "Copied": "已复制",
    "Copied!": "已复制",
    "Copy": "复制",
    "Show more": "展开更多",
    "Show less": "收起",
    "View more": "展开更多",
    "View less": "收起",
    "Help": "说明",
    "Loading...": "正在载入……",
    "Uploading...": "正在上传……",
    "Remove file": "移除文件",
    "Previous page": "上一页",
    "Next page": "下一页",
    "Expand sidebar": "展开侧栏",
    "Collapse sidebar": "收起侧栏",
    "Open sidebar": "展开侧栏",
    "Close sidebar": "收起侧栏",
    "Main menu": "主菜单",
    "Sidebar": "侧栏",
    "App pages": "页面",
    "Open": "展开",
    "Link to heading": "本节链接",
    "Skip to main content": "跳到正文",
    "Previous month": "上个月",
    "Next month": "下个月",
    "Previous month.": "上个月",
    "Next month.": "下个月",
    "Download plot as a PNG": "下载图片",
    "Reset axes": "还原",
    "Zoom": "缩放",
    "Pan": "平移",
    "open": "展开",
    "clear": "清除",
    "Clear": "清除",
    "empty": "没有数据",
    "January": "1月", "February": "2月", "March": "3月", "April": "4月", "May": "5月", "June": "6月",
    "July": "7月", "August": "8月", "September": "9月", "October": "10月", "November": "11月", "December": "12月",
    "Mo": "一", "Tu": "二", "We": "三", "Th": "四", "Fr": "五", "Sa": "六", "Su": "日",
  }));

  // Texts with a value in them.
  const PATTERNS = [
    [/^(Show\/hide columns|Search|Fullscreen|Close fullscreen|Clear selection): (.+)$/, (all, word, name) =>
      `${WORDS.get(word)}：${name}`],
    [/^(?:Limit )?([\d.]+)\s?([KMGT]?B) per file(?: • (.*))?$/, (all, size, unit, kinds) =>
      `每个文件不超过${size}${unit}` + (kinds ? `，${kinds.split(/,\s*/).join("、")}` : "")],
    [/^([\d.]+)\s?([KMGT]?B) per file(?:\s*[•·]\s*(.*))?$/, (all, size, unit, kinds) =>
      `每个文件不超过${size}${unit}` + (kinds ? `，${kinds.split(/,\s*/).join("、")}` : "")],
    [/^File must be ([\d.]+\s?[KMGT]?B) or smaller\.?$/, "文件不能超过$1"],
    [/^(.+) files? are not allowed\.?$/, "不接受$1类型的文件"],
    [/^(\d+) options? available\.(.*)$/, "共$1项可选。"],
    [/^Choose date, (.+)$/, "选择日期，$1"],
    [/^year, (.+)$/, "年，$1"],
    [/^month, (.+)$/, "月，$1"],
    [/^day, (.+)$/, "日，$1"],
    [/^Showing page (\d+) of (\d+)$/, "第$1页，共$2页"],
    [/^Press (\S+) to apply$/, "按$1键确认"],
    [/^Add "?(.+?)"?$/, "添加“$1”"],
    [/^(\d+) of (\d+) results?$/, "第$1个，共$2个"],
    [/^(\d+) results?$/, "共$1个"],
    [/^Remove (.+)$/, "移除$1"],
    [/^Selected (.+)\. (.+)$/, "已选$1"],
    [/^(January|February|March|April|May|June|July|August|September|October|November|December) (\d{4})$/,
      (all, month, year) => `${year}年${WORDS.get(month)}`],
  ];
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
  // What the project itself wrote stays as it is: data, code and typed text are never words of the framework.
  const OWN = "[data-testid='stMarkdownContainer'], [data-testid='stCode'], [data-testid='stHtml'], [data-testid='stText']," +
    " textarea, script, style, [data-testid='stSelectboxVirtualDropdown'] li";

  const UPLOADER = "[data-testid='stFileUploader'] button";  // its label is set like the project's own texts

  function chinese(text) {
    const trimmed = text.trim();
    if (!/[A-Za-z]/.test(trimmed) || trimmed.length > 120) return null;
    const known = WORDS.get(trimmed);
    if (known) return known;
    for (const [pattern, said] of PATTERNS) if (pattern.test(trimmed)) return trimmed.replace(pattern, said);
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
