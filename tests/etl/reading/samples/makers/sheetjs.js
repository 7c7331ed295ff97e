// node sheetjs.js sheets.json out.xlsx [bookType] : SheetJS (npm package xlsx)
const XLSX = require("xlsx"), fs = require("fs");
const [, , from, to, type = "xlsx"] = process.argv;
const book = XLSX.utils.book_new();
const days = (text) => (Date.parse(text) - Date.UTC(1899, 11, 30)) / 86400000;
function cell(value) {
  if (value === null) return { t: "z" };
  if (typeof value === "string") return { t: "s", v: value };
  if (typeof value === "number") return { t: "n", v: value };
  if ("date" in value) return { t: "n", v: days(value.date), z: "yyyy-mm-dd" };
  if ("percent" in value) return { t: "n", v: value.percent, z: "0.00%" };
  if ("boolean" in value) return { t: "b", v: value.boolean };
  return { t: "n", v: value.value, f: value.formula };
}
for (const sheet of JSON.parse(fs.readFileSync(from))) {
  const cells = {};
  let width = 0;
  sheet.rows.forEach((row, r) => row.forEach((value, c) => {
    cells[XLSX.utils.encode_cell({ r, c })] = cell(value);
    width = Math.max(width, c);
  }));
  cells["!ref"] = XLSX.utils.encode_range({ s: { r: 0, c: 0 }, e: { r: sheet.rows.length - 1, c: width } });
  if (sheet.titles) cells["!merges"] = [{ s: { r: 0, c: 0 }, e: { r: 0, c: 3 } }];
  XLSX.utils.book_append_sheet(book, cells, sheet.name);
}
XLSX.writeFile(book, to, { bookType: type, bookSST: type === "xlsx", compression: true });
