// node exceljs.js sheets.json out.xlsx : exceljs (npm)
const ExcelJS = require("exceljs"), fs = require("fs");
const [, , from, to] = process.argv;
const book = new ExcelJS.Workbook();
for (const sheet of JSON.parse(fs.readFileSync(from))) {
  const page = book.addWorksheet(sheet.name);
  sheet.rows.forEach((row, r) => row.forEach((value, c) => {
    const cell = page.getCell(r + 1, c + 1);
    if (value === null || typeof value !== "object") cell.value = value;
    else if ("date" in value) { cell.value = new Date(value.date); cell.numFmt = "yyyy/m/d"; }
    else if ("percent" in value) { cell.value = value.percent; cell.numFmt = "0.00%"; }
    else if ("boolean" in value) cell.value = value.boolean;
    else cell.value = { formula: value.formula, result: value.value };
  }));
  if (sheet.titles) {
    page.mergeCells("A1:D1");
    page.getCell("A2").value = { richText: [{ text: "金额单位：" }, { font: { bold: true }, text: "万元" }] };
  }
}
book.xlsx.writeFile(to);
